import type { TextExample } from "../text-example.js";
import { collapseSpaces, padPunctuation } from "../texts/space-around.js";

/** A question on a text, with the answers that count as right. */
export type QuestionRecord = { question: string; context: string; answers: readonly string[] };

/** An example with every right answer, for evaluation. */
export type AnsweredExample = TextExample & { answers: string[] };

/**
 * SQuAD as T5 reads it. The first answer is the target.
 *
 * question: A question ? context: Some context .  → The answer .
 */
export function squad({ question, context, answers }: QuestionRecord): AnsweredExample {
  const inputs = ["question:", padPunctuation(question), "context:", padPunctuation(context)].join(" ");
  return answered(inputs, answers);
}

/** The same without the context: what the model knows by heart. */
export function squadTrivia({ question, answers }: Omit<QuestionRecord, "context">): AnsweredExample {
  return answered(`squad trivia question: ${padPunctuation(question)}`, answers);
}

/** SQuAD with the place of the answer as the target; undefined if the first answer isn't in the context. */
export function squadSpan(record: QuestionRecord): AnsweredExample | undefined {
  const example = squad(record);
  const span = spanAnswer(padPunctuation(record.context), example.targets);
  return span === "" ? undefined : { ...example, targets: span };
}

/**
 * The first place of `answer` in `context`, in words, both ends included: "start: 2 end: 3"; "" if it isn't there.
 *
 * What isn't a letter, digit or `_` of ASCII counts as a space, and words are what is between single spaces.
 */
export function spanAnswer(context: string, answer: string): string {
  const words = splitWords(context);
  const sought = splitWords(answer);
  // As in T5, the very last place isn't tried: a padded context ends in a space, so nothing stands there.
  for (let start = 0; start < words.length - sought.length; start++) {
    if (sought.every((word, i) => word === words[start + i])) {
      return `start: ${start} end: ${start + sought.length - 1}`;
    }
  }
  return "";
}

/** TriviaQA's form: a question, the texts that were found for it, and the names of the answer. */
export type TriviaRecord = { question: string; contexts: readonly string[]; answers: readonly string[] };

/** An example for each text and each name of the answer that occurs in it, in any case. */
export function triviaQa({ question, contexts, answers }: TriviaRecord): TextExample[] {
  return contexts.flatMap((context) => {
    const padded = padPunctuation(context);
    return answers
      .map(padPunctuation)
      .filter((answer) => padded.toLowerCase().includes(answer.toLowerCase()))
      .map((answer) => ({
        inputs: collapseSpaces(["question:", padPunctuation(question), "context:", padded].join(" ")),
        targets: answer,
      }));
  });
}

function answered(inputs: string, answers: readonly string[]): AnsweredExample {
  const padded = answers.map(padPunctuation);
  const [targets] = padded;
  if (targets === undefined) throw new RangeError("squad: answers: expected at least one answer, got none");
  return { inputs: collapseSpaces(inputs), targets, answers: padded };
}

function splitWords(text: string): string[] {
  return text.replace(/\W/gu, " ").split(" ");
}
