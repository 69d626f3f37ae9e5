import { library } from "@t5ts/build";

// Small enough to be a page's business: half of the size is names and space.
export default { ...library(), minify: true };
