import { countSigns } from '../../domain/signs.ts';

/** A reply of 32 MB has some hundred thousand; one made of empty lists and maps has twenty times its bytes once it is read. */
const mostValues = 1_000_000;

/** undefined for what is no JSON, or has more values than any honest reply. */
export function parseJson(text: string): unknown {
  if (countSigns(text, '[{,', mostValues) > mostValues) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
