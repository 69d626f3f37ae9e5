/**
 * Throws unless a task layer or a classifier can be called so: the name is a step of its parameters' dotted paths.
 *
 * @throws Error such as `addTaskLayer: task: expected a name without dots, got "en.de"`.
 */
export function checkPartName(what: string, name: string): void {
  if (name === "" || name.includes(".")) throw new Error(`${what}: expected a name without dots, got "${name}"`);
}
