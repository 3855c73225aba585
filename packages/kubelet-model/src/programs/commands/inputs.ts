import { FileError } from '../../files/file-error.ts'
import { openInput } from '../shell/devices.ts'
import { inside } from '../shell/glob-files.ts'
import { type Input, readLine, textFrom } from '../shell/streams.ts'
import type { CommandContext } from '../shell/world.ts'

const bytesPerStep = 512
const linesPerStep = 10

/** A file by its path, or standard input for `-`. Throws a FileError. */
export function inputFrom(path: string, context: CommandContext): Input {
  if (path === '-') return context.stdin
  const { cwd, world } = context
  if (world.files.stat(inside(cwd, path))?.kind === 'directory') throw new FileError('EISDIR', path)
  return openInput(path, cwd, world, context)
}

/** Reads files one after the other, standard input when there are none. What cannot be read is told, and gives the exit code 1. */
export async function eachInput(
  context: CommandContext,
  paths: readonly string[],
  use: (input: Input, path: string) => Promise<unknown>,
): Promise<number> {
  let code = 0
  for (const path of paths.length === 0 ? ['-'] : paths) {
    try {
      await use(inputFrom(path, context), path)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      await tellOf(context, error.kind === 'EISDIR' ? 'read error:' : "can't open", path, error)
      code = 1
    }
  }
  return code
}

/** Tells in the words of busybox what could not be done with a file. */
export async function tellOf(
  { name, stderr }: CommandContext,
  what: string,
  path: string,
  error: FileError,
): Promise<void> {
  if (what.endsWith(':')) await stderr.write(`${name}: ${what} ${error.words}\n`)
  else await stderr.write(`${name}: ${what === '' ? path : `${what} '${path}'`}: ${error.words}\n`)
}

/** Does something with files one after the other; what cannot be done is told, and gives the exit code 1. */
export async function eachFile(
  context: CommandContext,
  paths: readonly string[],
  what: string,
  use: (path: string) => Promise<void> | void,
): Promise<number> {
  let code = 0
  for (const path of paths) {
    await context.task.step(0.1)
    try {
      await use(path)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      await tellOf(context, what, path, error)
      code = 1
    }
  }
  return code
}

/** Everything that is read, piece by piece; who reads much lets time go on. */
export async function* piecesOf({ task }: CommandContext, input: Input): AsyncGenerator<Uint8Array> {
  for (let piece = await input.read(); piece !== undefined; piece = await input.read()) {
    await task.step(piece.length / bytesPerStep + 0.1)
    yield piece
  }
}

/** Every line as text, and whether a newline ended it. */
export async function* linesOf(
  { task }: CommandContext,
  input: Input,
): AsyncGenerator<{ readonly text: string; readonly ended: boolean }> {
  for (let line = await readLine(input); line !== undefined; line = await readLine(input)) {
    await task.step(line.line.length / bytesPerStep + 1 / linesPerStep)
    yield { text: textFrom(line.line), ended: line.ended }
  }
}

/** All lines of all files. */
export async function allLines(
  context: CommandContext,
  paths: readonly string[],
): Promise<{ readonly lines: string[]; readonly code: number }> {
  const lines: string[] = []
  const code = await eachInput(context, paths, async (input) => {
    for await (const { text } of linesOf(context, input)) lines.push(text)
  })
  return { lines, code }
}
