import { library } from "@t5ts/build";

// A page loads this: minified it is a third smaller, gzipped.
export default { ...library(), minify: true };
