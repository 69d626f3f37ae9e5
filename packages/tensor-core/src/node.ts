// Files on disk
export { fileSink, fileSource, openSafetensorsFolder, saveSafetensorsFolder } from "./safetensors-files.js";
