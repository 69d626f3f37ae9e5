/** How the value of a field is written in protocol buffers' wire format: the last three bits of its tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;
