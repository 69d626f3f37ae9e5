/** A task as text in, text out. */
export type TextExample = { inputs: string; targets: string };
