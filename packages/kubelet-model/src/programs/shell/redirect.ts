import { FileError } from '../../files/file-error.ts'
import { openInput, openOutput } from './devices.ts'
import { expandText } from './expand.ts'
import { inside } from './glob-files.ts'
import { ShellError } from './shell-error.ts'
import type { Descriptor, ShellState } from './shell-state.ts'
import { inputOf } from './streams.ts'
import type { Redirect } from './syntax.ts'

const noInput = inputOf('')

/** Runs something with other descriptors. */
export async function withRedirects<T>(
  state: ShellState,
  redirects: readonly Redirect[],
  run: () => Promise<T>,
): Promise<T> {
  if (redirects.length === 0) return run()
  const before = state.descriptors
  state.descriptors = await redirected(state, redirects)
  try {
    return await run()
  } finally {
    state.descriptors = before
  }
}

/** The descriptors that redirections lead to. Throws a ShellError for a file that cannot be opened. */
export async function redirected(
  state: ShellState,
  redirects: readonly Redirect[],
): Promise<ReadonlyMap<number, Descriptor>> {
  const descriptors = new Map(state.descriptors)
  for (const redirect of redirects) {
    switch (redirect.kind) {
      case 'here': {
        const text = await expandText(redirect.body, state)
        descriptors.set(redirect.descriptor, { input: inputOf(redirect.form === 'string' ? `${text}\n` : text) })
        break
      }
      case 'copy': {
        const target = await expandText(redirect.target, state)
        const source = descriptors.get(Number(target))
        if (target === '-') descriptors.delete(redirect.descriptor)
        else if (!/^\d+$/.test(target) || source === undefined)
          throw new ShellError(`${target}: Bad file descriptor`, 1)
        else descriptors.set(redirect.descriptor, source)
        break
      }
      case 'both': {
        const output = opened(
          state,
          descriptors,
          await expandText(redirect.target, state),
          redirect.append ? '>>' : '>',
        )
        descriptors.set(1, output)
        descriptors.set(2, output)
        break
      }
      case 'file': {
        const target = await expandText(redirect.target, state)
        descriptors.set(redirect.descriptor, opened(state, descriptors, target, redirect.operator))
      }
    }
  }
  return descriptors
}

function opened(
  state: ShellState,
  descriptors: ReadonlyMap<number, Descriptor>,
  path: string,
  operator: '<' | '>' | '>>' | '<>',
): Descriptor {
  const { world, cwd } = state
  const own = {
    stdin: descriptors.get(0)?.input ?? noInput,
    stdout: descriptors.get(1)?.output ?? { write: () => {} },
    stderr: descriptors.get(2)?.output ?? { write: () => {} },
  }
  try {
    if (operator === '<') return { input: openInput(path, cwd, world, own) }
    if (operator !== '<>') return { output: openOutput(path, operator === '>>', cwd, world, own) }
    const output = openOutput(path, true, cwd, world, own)
    return { input: openInput(path, cwd, world, own), output }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const verb = operator === '<' ? "can't open" : "can't create"
    const missing = operator === '<' ? 'no such file' : 'nonexistent directory'
    const isMissing = error.kind === 'ENOENT' && !world.files.exists(inside(cwd, path))
    throw new ShellError(`${verb} ${path}: ${isMissing ? missing : error.words}`, 1)
  }
}
