/** What is wrong in a .model file, and where. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  /** The field, as in `pieces[3].score`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`SentencePiece model: ${path === "" ? "the file" : path}: ${problem}`);
    this.path = path;
  }
}
