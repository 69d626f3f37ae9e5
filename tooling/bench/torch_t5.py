"""T5 v1.0 in plain PyTorch: what one would otherwise run.

    torch_t5.py serve JOB            gets ready, then does the job for every line on stdin (see serve.mjs)
    torch_t5.py export JOB FOLDER    encoder.onnx, decoder.onnx, decoder_past.onnx, for onnxruntime.mjs

JOB is JSON: what, and of a model its shape. Needs torch, and onnx to export (Debian: python3-torch, python3-onnx).
"""
import json
import math
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DROPOUT = 0.1
RUN_SECONDS = 0.1  # at least


class Norm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


class Attention(nn.Module):
    def __init__(self, d, dkv, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(d, heads * dkv, bias=False) for _ in range(3))
        self.output = nn.Linear(heads * dkv, d, bias=False)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def keys_values(self, x):
        return self.split(self.key(x)), self.split(self.value(x))

    def forward(self, x, key, value, bias):
        scores = self.split(self.query(x)) @ key.transpose(2, 3)
        weights = F.dropout(F.softmax(scores + bias, -1), DROPOUT, self.training)
        mixed = (weights @ value).transpose(1, 2)
        return self.output(mixed.reshape(mixed.shape[0], mixed.shape[1], -1))


class Block(nn.Module):
    def __init__(self, d, dkv, heads, ff, has_cross):
        super().__init__()
        self.norm1, self.self_attention = Norm(d), Attention(d, dkv, heads)
        if has_cross:
            self.norm2, self.cross_attention = Norm(d), Attention(d, dkv, heads)
        self.norm3, self.wi, self.wo = Norm(d), nn.Linear(d, ff, bias=False), nn.Linear(ff, d, bias=False)

    def drop(self, x):
        return F.dropout(x, DROPOUT, self.training)

    def forward(self, x, bias, cross=None, past=None):
        h = self.norm1(x)
        key, value = self.self_attention.keys_values(h)
        if past is not None:
            key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        x = x + self.drop(self.self_attention(h, key, value, bias))
        if cross is not None:
            x = x + self.drop(self.cross_attention(self.norm2(x), cross[0], cross[1], 0.0))
        h = self.drop(F.relu(self.wi(self.norm3(x))))
        return x + self.drop(self.wo(h)), (key, value)


class T5(nn.Module):
    def __init__(self, vocab, d, dkv, ff, layers, heads):
        super().__init__()
        self.d = d
        self.embedding = nn.Embedding(vocab, d)
        self.encoder_bias, self.decoder_bias = nn.Embedding(32, heads), nn.Embedding(32, heads)
        self.encoder = nn.ModuleList(Block(d, dkv, heads, ff, False) for _ in range(layers))
        self.decoder = nn.ModuleList(Block(d, dkv, heads, ff, True) for _ in range(layers))
        self.encoder_norm, self.decoder_norm = Norm(d), Norm(d)

    def encode(self, ids):
        distance = distances(ids.shape[1], ids.shape[1])
        bias = self.encoder_bias(buckets(distance, True)).permute(2, 0, 1)[None]
        x = self.embedding(ids)
        for block in self.encoder:
            x, _ = block(x, bias)
        return self.encoder_norm(x)

    def cross(self, encoded):
        return [block.cross_attention.keys_values(encoded) for block in self.decoder]

    def decode(self, ids, cross, past=None):
        queries = ids.shape[1]
        distance = distances(queries, queries + (past[0][0].shape[2] if past else 0))
        bias = self.decoder_bias(buckets(distance, False)).permute(2, 0, 1)[None]
        bias = bias + torch.where(distance > 0, torch.tensor(-1e9), torch.tensor(0.0))
        x, kept = self.embedding(ids), []
        for i, block in enumerate(self.decoder):
            x, keys_values = block(x, bias, cross[i], past[i] if past else None)
            kept.append(keys_values)
        return (self.decoder_norm(x) * self.d**-0.5) @ self.embedding.weight.t(), kept

    def loss(self, ids, labels):
        shifted = F.pad(labels, (1, 0))[:, :-1]
        logits, _ = self.decode(shifted, self.cross(self.encode(ids)))
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten())


def distances(queries, keys):
    return torch.arange(keys)[None, :] - torch.arange(keys - queries, keys)[:, None]


def buckets(distance, is_bidirectional, count=32, farthest=128):
    """Half of the buckets are exact, the others logarithmic."""
    start = torch.zeros_like(distance)
    if is_bidirectional:
        count //= 2
        start, distance = (distance > 0).long() * count, distance.abs()
    else:
        distance = -torch.clamp(distance, max=0)
    exact = count // 2
    far = torch.log(distance.float().clamp(min=1) / exact) / math.log(farthest / exact)
    far = exact + (far * (count - exact)).long()
    return start + torch.where(distance < exact, distance, torch.clamp(far, max=count - 1))


def prepare(job):
    """The work made ready: each call does it for a while and gives the seconds it takes once."""
    torch.manual_seed(0)
    if job["kind"] == "gemm":
        return product(**job["gemm"])
    what, shape = job["what"], job["model"]
    model = T5(**shape)
    if what == "train_step":
        return train_step(model, shape["vocab"])
    model.eval()
    ids = torch.randint(3, shape["vocab"], (1, 128))
    if what == "encode128":
        return timed(torch.no_grad()(lambda: model.encode(ids)))
    rows = 4 if what == "generate32_beam4" else 1
    return timed(torch.no_grad()(lambda: generate(model, ids, rows)))


def train_step(model, vocab):
    ids, labels = torch.randint(3, vocab, (8, 128)), torch.randint(3, vocab, (8, 32))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)

    def step():
        optimizer.zero_grad()
        model.loss(ids, labels).backward()
        optimizer.step()

    return timed(step)


def generate(model, ids, rows):
    """The work of a search with so many beams, but for the search: every row takes its own best token."""
    cross, past = model.cross(model.encode(ids).expand(rows, -1, -1)), None
    tokens = torch.zeros(rows, 1, dtype=torch.long)
    for _ in range(32):
        logits, past = model.decode(tokens, cross, past)
        tokens = logits[:, -1:].argmax(-1)


def product(layout, batch, m, k, n):
    lead = [] if batch == 1 else [batch]
    a = torch.randn(lead + [k, m]).transpose(-1, -2) if layout == "tn" else torch.randn(lead + [m, k])
    b = torch.randn(lead + [n, k]).transpose(-1, -2) if layout == "nt" else torch.randn(lead + [k, n])
    return timed(lambda: a @ b)


def timed(work):
    def run():
        start, count = time.perf_counter(), 0
        while True:
            work()
            count += 1
            elapsed = time.perf_counter() - start
            if elapsed >= RUN_SECONDS:
                return elapsed / count

    return run


def serve(job):
    run = prepare(job)
    say({"ready": True})
    for _ in sys.stdin:
        seconds = run()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        say({"seconds": seconds, "peak_rss_mb": round(peak / 1024)})


def say(reply):
    print(json.dumps(reply), flush=True)


def export(job, folder):
    model = T5(**job["model"]).eval().requires_grad_(False)
    layers = job["model"]["layers"]
    names = [f"{part}{i}" for i in range(layers) for part in ("k", "v")]
    cross_names = ["c" + name for name in names]

    def pairs(flat):
        return [(flat[2 * i], flat[2 * i + 1]) for i in range(layers)]

    class Encoder(nn.Module):
        def forward(self, ids):
            return tuple(tensor for pair in model.cross(model.encode(ids)) for tensor in pair)

    class Decoder(nn.Module):
        def forward(self, ids, *flat):
            cross, past = flat[: 2 * layers], flat[2 * layers :]
            logits, kept = model.decode(ids, pairs(cross), pairs(past) if past else None)
            return (logits,) + tuple(tensor for pair in kept for tensor in pair)

    def save(module, inputs, file, input_names, output_names, lengths):
        axes = {name: {0: "batch", 2: length} for name, length in lengths.items()}
        axes["ids"] = {0: "batch", 1: "length"}
        axes["logits"] = {0: "batch", 1: "length"}
        axes = {name: axis for name, axis in axes.items() if name in input_names + output_names}
        torch.onnx.export(
            module,
            inputs,
            f"{folder}/{file}.onnx",
            input_names=input_names,
            output_names=output_names,
            dynamic_axes=axes,
            opset_version=14,
        )

    ids, token = torch.randint(3, 100, (1, 16)), torch.zeros(1, 1, dtype=torch.long)
    cross = Encoder()(ids)
    past = Decoder()(token, *cross)[1:]
    out_names, past_names = ["o_" + name for name in names], ["p_" + name for name in names]
    cross_lengths, out_lengths = dict.fromkeys(cross_names, "input"), dict.fromkeys(out_names, "target")
    save(Encoder(), (ids,), "encoder", ["ids"], cross_names, cross_lengths)
    outputs = ["logits"] + out_names
    save(Decoder(), (token, *cross), "decoder", ["ids"] + cross_names, outputs, {**cross_lengths, **out_lengths})
    past_lengths = dict.fromkeys(past_names, "past")
    inputs = ["ids"] + cross_names + past_names
    lengths = {**cross_lengths, **past_lengths, **out_lengths}
    save(Decoder(), (token, *cross, *past), "decoder_past", inputs, outputs, lengths)


if __name__ == "__main__":
    command, job = sys.argv[1], json.loads(sys.argv[2])
    if command == "export":
        export(job, sys.argv[3])
    else:
        serve(job)
