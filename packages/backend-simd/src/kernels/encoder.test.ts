import { testEncoder } from "../testing/encoder.js";

testEncoder("Encoder");
