import type { Program } from '../runtime/program.ts'

/** What images run that have no program: a process that stays up until it is asked to end, and says so. */
export const staysUp: Program = {
  async run(context) {
    context.log(`bonsai: no program is registered for image ${context.image}; it stays up and does nothing`)
    await context.terminated
    return 0
  },
}
