export { initThread } from "./scratch";
export { gemmTiles, packedProduct, packForAll, scratchBytes } from "./gemm";
export { useSgemm } from "./product";
// Exported so that the optimizer doesn't inline them: inside a larger function V8 spills their accumulators.
export { micro4x8, micro6x8 } from "./gemm-micro";
export { rowsTimesMatrix, rowsTimesTransposed } from "./gemm-rows";
export { addFourRowsTwice, dotFourTwice } from "./gemm-rows";
export { addCompressed, compressedProduct, compressPositive } from "./gemm-sparse";
export {
  absOf, ceilOf, erfOf, expOf, floorOf, logOf, negOf, reciprocalOf, reluOf, roundOf, rsqrtOf, sigmoidOf, sqrtOf,
  squareOf, tanhOf,
} from "./unary";
export {
  add, addInt, div, maximum, maximumInt, minimum, minimumInt, mul, mulInt, pow, squaredDifference, sub, subInt,
} from "./binary";
export {
  equal, equalInt, greater, greaterEqual, greaterEqualInt, greaterInt, less, lessEqual, lessEqualInt, lessInt, notEqual,
  notEqualInt,
} from "./comparison";
export { logical, logicalNot } from "./logical";
export { select4 } from "./select";
export { boolToFloat, boolToInt, floatToInt, intToFloat } from "./cast";
export { clip } from "./clip";
export { fill4 } from "./fill";
export { addDoubles, squarePieces, sumColumns, sumPieces, sumRows } from "./reduce";
export { argRows, maxRows, minRows } from "./extreme";
export { topRows } from "./top";
export { logSoftmaxRows, softmaxRows } from "./softmax";
export { transposePlanes } from "./transpose";
export { copyRows, joinRows } from "./copy";
export { addSegments, findOutside, gatherRows } from "./gather";
export { dropout, dropoutAdd } from "./dropout";
export { gatedGelu, gatedGeluGrad, reluGrad } from "./activations";
export { rmsNorm, rmsNormColumns, rmsNormGrad } from "./rms-norm";
export { attention, attentionGrad, attentionOfColumns } from "./attention";
export { bestOfBounded, boundProducts, dotFourCodes, quantizeRows } from "./quantize";
export { attentionOfNext, normedTimesTransposed } from "./decoder-step";
export { addCrossEntropy, crossEntropyGrad, finishCrossEntropy, startCrossEntropy } from "./cross-entropy";
export { adamW } from "./adamw";
