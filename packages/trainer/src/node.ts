// Checkpoints on disk
export { folderStore } from "./checkpoint-files.js";
