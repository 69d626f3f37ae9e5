/**
 * The settings of a score as sacrebleu prints them, without which the number can't be compared:
 * `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:t5ts`.
 *
 * @param references Of each prediction, counted for `nrefs`: a number, or "var" if it isn't the same for all.
 */
export function signature(
  references: readonly (readonly string[])[],
  settings: Record<string, string | number | boolean>,
): string {
  const counts = new Set(references.map((list) => list.length));
  const fields = { nrefs: counts.size === 1 ? [...counts][0]! : "var", ...settings, version: "t5ts" };
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${typeof value === "boolean" ? (value ? "yes" : "no") : value}`)
    .join("|");
}
