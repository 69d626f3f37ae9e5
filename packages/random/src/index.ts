export { createRng, type RngKeys, Rng, randomUint32, rngKeys } from "./rng.js";
