// Models in folders
export { loadT5Folder, openT5Folder, saveT5Folder } from "./checkpoint/folder.js";
