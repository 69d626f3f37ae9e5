import { createColors } from "picocolors";

/** Colours for what is written to each stream: none where it isn't a terminal, or where NO_COLOR is set. */
export const outColors: ReturnType<typeof createColors> = createColors(showsColors(process.stdout));
export const errColors: ReturnType<typeof createColors> = createColors(showsColors(process.stderr));

/** CI alone turns no colours on, as it does in picocolors: there, too, output is piped into other programs. */
function showsColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  return Boolean(FORCE_COLOR) || (stream.isTTY === true && TERM !== "dumb");
}
