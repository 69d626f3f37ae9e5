import { library } from "@t5ts/build";

export default library();
