"""SentencePiece on lines of stdin: for each a line with its ids, and one with what these are decoded to, as JSON."""

import json
import sys

import sentencepiece

processor = sentencepiece.SentencePieceProcessor(model_file=sys.argv[1])
for line in sys.stdin.buffer:
    ids = processor.encode(line[:-1].decode("utf-8"))
    decoded = json.dumps(processor.decode(ids))
    sys.stdout.write(" ".join(map(str, ids)) + "\n" + decoded + "\n")
