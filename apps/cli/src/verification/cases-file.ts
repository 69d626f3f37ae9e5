import { closestName, type VerifyCase } from "@t5ts/t5-model";

/**
 * The cases of a `cases.json`.
 *
 * @throws Error naming the file, the place in it, what was expected and what came.
 */
export function parseCases(path: string, text: string): VerifyCase[] {
  const mismatch: Mismatch = (place, expected, got) =>
    new Error(`${path}: ${place}: expected ${expected}, got ${describe(got)}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: expected JSON: ${(cause as Error).message}`, { cause });
  }
  const cases = isRecord(json) ? json.cases : undefined;
  if (!Array.isArray(cases) || cases.length === 0) throw mismatch("cases", "a list of at least one case", cases);
  for (const [i, testCase] of cases.entries()) {
    checkCase(testCase, (field, expected, got) => mismatch(`cases[${i}]${field}`, expected, got));
  }
  return cases as VerifyCase[];
}

/** The error for what isn't as it has to be at a place of the file. */
type Mismatch = (place: string, expected: string, got: unknown) => Error;

const CASE_FIELDS = ["input_ids", "attention_mask", "labels", "decoder_input_ids", "expected"];

function checkCase(testCase: unknown, mismatch: Mismatch): void {
  if (!isRecord(testCase)) throw mismatch("", "an object", testCase);
  // Others may stand there for a reader; one that is nearly ours is a slip.
  for (const field of Object.keys(testCase).filter((field) => !CASE_FIELDS.includes(field))) {
    const closest = closestName(field, CASE_FIELDS);
    if (closest !== undefined && testCase[closest] === undefined) throw mismatch(`.${field}`, `"${closest}"`, field);
  }
  const { input_ids, attention_mask, labels, decoder_input_ids, expected } = testCase;
  const inputShape = checkMatrix(input_ids, ".input_ids", mismatch);
  if (attention_mask !== undefined) checkMatrix(attention_mask, ".attention_mask", mismatch, inputShape);
  let targetShape: [number, number?] = [inputShape[0]];
  if (labels !== undefined) targetShape = checkMatrix(labels, ".labels", mismatch, targetShape);
  if (decoder_input_ids !== undefined) checkMatrix(decoder_input_ids, ".decoder_input_ids", mismatch, targetShape);
  if (!isRecord(expected)) throw mismatch(".expected", "an object", expected);
  for (const [quantity, value] of Object.entries(expected)) {
    const field = `.expected.${quantity}`;
    if (labels === undefined && (quantity === "loss" || quantity === "grads")) {
      throw mismatch(field, "labels beside it in the case", undefined);
    }
    if (targetShape[1] === undefined && decoder_input_ids === undefined && TEACHER_FORCED.includes(quantity)) {
      throw mismatch(field, "labels or decoder_input_ids beside it in the case", undefined);
    }
    checkExpected(quantity, value, field, mismatch);
  }
}

const TEACHER_FORCED: readonly string[] = ["logits", "cross_attention_layer0"];

/** Rows of integers, all equally long. */
function checkMatrix(
  value: unknown,
  field: string,
  mismatch: Mismatch,
  [rows, columns]: [number?, number?] = [],
): [number, number] {
  const isMatrix =
    Array.isArray(value) && value.length > 0 && value.every((row) => Array.isArray(row) && row.length > 0);
  if (!isMatrix) throw mismatch(field, "rows of integers [batch][length]", value);
  const matrix = value as unknown[][];
  const width = columns ?? (matrix[0] as unknown[]).length;
  if (rows !== undefined && matrix.length !== rows) throw mismatch(field, `${rows} rows`, matrix);
  for (const [i, row] of matrix.entries()) {
    if (row.length !== width) throw mismatch(`${field}[${i}]`, `${width} integers`, row);
    const wrong = row.find((id) => !Number.isInteger(id));
    if (wrong !== undefined) throw mismatch(`${field}[${i}]`, "integers", wrong);
  }
  return [matrix.length, width];
}

/** How deep the numbers of a quantity are nested. */
const DEPTHS: Readonly<Record<string, number>> = {
  loss: 0,
  encoder_last_hidden_state: 3,
  logits: 3,
  cross_attention_layer0: 4,
};

function checkExpected(quantity: string, value: unknown, field: string, mismatch: Mismatch): void {
  if (quantity in DEPTHS) checkNumbers(value, field, DEPTHS[quantity] as number, mismatch);
  else if (quantity === "grads") checkGradients(value, field, mismatch);
  else if (/^(greedy|beam\d)/.test(quantity)) checkSequences(value, field, mismatch);
  // Of others, which nothing here computes, the form isn't known.
}

function checkGradients(value: unknown, field: string, mismatch: Mismatch): void {
  if (!isRecord(value)) throw mismatch(field, "an object with a parameter's name for each field", value);
  for (const [name, gradient] of Object.entries(value)) {
    if (!isRecord(gradient)) throw mismatch(`${field}.${name}`, '{"l2": number, "head": numbers}', gradient);
    checkNumbers(gradient.l2, `${field}.${name}.l2`, 0, mismatch);
    checkNumbers(gradient.head, `${field}.${name}.head`, 1, mismatch);
  }
}

function checkSequences(value: unknown, field: string, mismatch: Mismatch): void {
  if (!isRecord(value)) {
    checkNumbers(value, field, 2, mismatch);
    return;
  }
  checkNumbers(value.sequences, `${field}.sequences`, 2, mismatch);
  if (value.scores !== undefined) checkNumbers(value.scores, `${field}.scores`, 1, mismatch);
}

/** Numbers in lists, `depth` deep. */
function checkNumbers(value: unknown, field: string, depth: number, mismatch: Mismatch): void {
  if (depth === 0) {
    if (typeof value !== "number") throw mismatch(field, "a number", value);
    return;
  }
  if (!Array.isArray(value)) throw mismatch(field, `numbers in lists, ${depth} deep`, value);
  for (const [i, item] of value.entries()) checkNumbers(item, `${field}[${i}]`, depth - 1, mismatch);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
