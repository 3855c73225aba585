import type { Program, ProgramContext } from '../runtime/program.ts'

/** What images run that have no program: a process that does nothing, and says so in its log. */
export const staysUp: Program = {
  idle: true,
  run: (context) => pass(context, `no program is registered for image ${context.image}`),
}

/**
 * Stands in for what is not modelled: stays up until it is asked to end, or ends well at once where others wait for its end.
 * `why` goes to the log, so that nobody takes it for the real thing.
 */
export async function pass(context: ProgramContext, why: string): Promise<number> {
  if (context.expectedToEnd) {
    context.log(`bonsai: ${why}; others wait for it to end, so it ends well without having done anything`)
    return 0
  }
  context.log(`bonsai: ${why}; it stays up and does nothing`)
  await context.terminated
  return 0
}
