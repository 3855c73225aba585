import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { answerLine } from '../protocol/answer.ts'

/** Reads questions, one a line, and writes their answers in order until the input ends. Empty lines are skipped. */
export async function answerStream(input: Readable, output: Writable): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    if (!output.write(`${await answerLine(line)}\n`)) await once(output, 'drain')
  }
}
