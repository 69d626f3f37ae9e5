import {
  denoise,
  exchangeSeconds,
  fillInTheBlank,
  formatFields,
  glue,
  LANGUAGE_MODEL,
  multiTranslate,
  neighboringPairs,
  nextSentenceExample,
  padNonspacedLanguages,
  padPunctuation,
  parseFields,
  pronounReferent,
  rankClassification,
  recordEntities,
  spanAnswer,
  squad,
  squadSpan,
  squadTrivia,
  stsb,
  stsbLabel,
  summarize,
  type TextExample,
  translate,
  triviaQa,
  winograd,
  winogradReferent,
  wnliReferent,
} from "@t5ts/datasets";
import { createRng } from "@t5ts/random";
import { expect } from "vitest";
import { runVectors, type VectorCase } from "./run-vectors.js";

runVectors(
  "text_preprocessors.json",
  {
    translate: (c) => expectExample(c, () => translate(c.example, c.source_language, c.target_language)),
    multi_translate: (c) => expectExample(c, () => multiTranslate(c.example, c.source_language, c.target_language)),
    summarize: (c) => expectExample(c, () => summarize(c.example.article, c.example.highlights)),
    pad_punctuation: (c) => expect(padPunctuation(c.text)).toBe(c.expected),
    pad_nonspaced_languages: (c) => expect(padNonspacedLanguages(c.text)).toBe(c.expected),
    span_answer: (c) => expect(spanAnswer(c.context, c.answer)).toBe(c.expected),
    squad: (c) => expectExample(c, () => (c.include_context === false ? squadTrivia(c.example) : squad(c.example))),
    squad_span_space_tokenized: (c) => expectExample(c, () => squadSpan(c.example)),
    trivia_qa: (c) => expect(triviaQa(c.example)).toEqual(c.expected),
    wnli_simple: (c) => expectExample(c, () => wnliReferent(c.example)),
    fill_in_the_blank_property: (c) => {
      for (const text of ["The fat cat sat on the mat.", "Two words", c.example?.text ?? "This is a longer test."]) {
        for (let seed = 0; seed < 50; seed++) {
          for (const { inputs, targets } of fillInTheBlank(text, createRng(seed))) {
            expect(inputs.startsWith(c.prefix)).toBe(true);
            const gaps = inputs.slice(c.prefix.length).split("X");
            const parts = targets.split("X").map((part) => part.trim());
            // Targets that begin with a gap have an empty part before it, which fills none of the inputs' gaps.
            if (parts[0] === "") parts.shift();
            expect(gaps.length).toBeGreaterThan(1);
            expect(gaps.map((gap, i) => (i === 0 ? gap : parts[i - 1] + gap)).join("")).toBe(text);
          }
        }
      }
    },
    // Texts are ids when the objective sees them; those of characters here.
    lm: (c) => {
      const ids = [...c.example.text].map((character) => character.codePointAt(0)!);
      const { inputIds, labels } = denoise(ids, LANGUAGE_MODEL, 0, createRng(0));
      const text = (ids: number[]): string => String.fromCodePoint(...ids.slice(0, -1));
      expect([text(inputIds), text(labels)]).toEqual([c.inputs, c.targets]);
    },
    glue: (c) => {
      const options = { labelNames: c.label_names, ...(c.feature_names && { featureNames: c.feature_names }) };
      expectExample(c, () => glue(c.benchmark, c.example, options));
    },
    stsb: (c) => expectExample(c, () => stsb(c.example)),
    stsb_label: (c) => expect(stsbLabel(c.label)).toBe(c.targets),
    wsc: (c) => expectExample(c, () => winograd(c.example)),
    wsc_simple: (c) => expectExample(c, () => winogradReferent(c.example)),
    definite_pronoun_resolution_simple: (c) => expectExample(c, () => pronounReferent(c.example)),
    record: (c) => expectExamples(c, recordEntities(c.example)),
    next_sentence_prediction: (c) => {
      const pairs = c.texts.flatMap((text: string) =>
        neighboringPairs(text, { reuseSentences: c.reuse_sentences ?? true }),
      );
      const examples = exchangeSeconds(pairs, c.p_neighbors, createRng(0)).map((pair) =>
        nextSentenceExample(pair, { labelSentences: c.label_sentences }),
      );
      expect(examples).toEqual(c.expected);
    },
    neighboring_pairs: (c) => {
      const pairs = neighboringPairs(c.text, { reuseSentences: c.reuse_sentences ?? true });
      expect(pairs.map(({ first, second }) => ({ first, second }))).toEqual(c.expected);
    },
    rank_classification: (c) => {
      const options = { inputs: c.inputs_options, targets: c.targets_options, isCorrect: c.correct };
      if (c.expected === "error") {
        expect(() => rankClassification(0, options)).toThrow();
        return;
      }
      const all = rankClassification(0, options).map(({ isCorrect, ...example }) => ({
        ...example,
        is_correct: isCorrect,
      }));
      const kept = c.mode === "train" ? all.filter((example) => example.is_correct) : all;
      // In this mode the options of a record make one example, field by field.
      if (c.mode === "fewshot_eval") expect([inColumns(kept)]).toMatchObject([c.expected].flat());
      else expect(kept).toMatchObject(c.expected);
    },
    parse_tsv: (c) => {
      const options = {
        names: c.field_names ?? ["inputs", "targets"],
        ...(c.field_columns && { columns: c.field_columns }),
        ...(c.delimiter && { delimiter: c.delimiter }),
      };
      expect((c.lines ?? [c.line]).map((line: string) => parseFields(line, options))).toEqual([c.expected].flat());
    },
    preprocess_tsv: (c) => {
      const delimiter = c.delimiter ?? "\t";
      const fields = c.field_names ? parseFields(c.line, { names: c.field_names, delimiter }) : c.line.split(delimiter);
      expectExample(c, () =>
        formatFields(fields, { inputs: c.inputs_format ?? "{0}", targets: c.targets_format ?? "{1}" }),
      );
    },
  },
  {
    notCovered: {
      split_text_to_words: "a part of fill_in_the_blank, which is covered: words are split where they are used",
    },
  },
);

/** `inputs`, `targets` and, where there are, `answers`; null for an example that is left out. */
function expectExample(c: VectorCase, make: () => (TextExample & { answers?: string[] }) | undefined): void {
  if (c.expected === "error") {
    expect(make).toThrow();
    return;
  }
  const example = make();
  expect(example?.inputs ?? null).toBe(c.inputs);
  expect(example?.targets ?? null).toBe(c.targets);
  if (c.answers) expect(example?.answers).toEqual(c.answers);
}

function expectExamples(c: VectorCase, examples: TextExample[]): void {
  expect(examples).toMatchObject(c.expected);
  expect(examples.length).toBe(c.expected.length);
}

function inColumns(rows: Record<string, unknown>[]): Record<string, unknown[]> {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => row[name])]));
}
