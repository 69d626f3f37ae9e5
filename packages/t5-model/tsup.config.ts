import { library } from "@t5ts/build";

export default library({ index: "src/index.ts", node: "src/node.ts" });
