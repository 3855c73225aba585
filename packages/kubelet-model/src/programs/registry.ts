import type { Program, ProgramLookup } from '../runtime/program.ts'
import { answeringPrograms } from './ready/answering.ts'
import { busyboxHttpd, webServers } from './ready/web-server.ts'
import { workingPrograms } from './ready/working.ts'
import { shellProgram } from './shell-program.ts'

/** A process that does nothing until it is asked to end, quietly: `pause`, and servers whose work nobody looks at. */
const quiet: Program = {
  idle: true,
  async run(context) {
    await context.terminated
    return 0
  },
}

const withSh = shellProgram({ commands: { httpd: busyboxHttpd } })
const withBash = shellProgram({ arguments: ['bash'] })

/** The ready-made programs by the last part of the image's name, tag and digest aside. */
export const readyMade: Readonly<Record<string, Program>> = {
  pause: quiet,
  busybox: withSh,
  alpine: withSh,
  toybox: withSh,
  netshoot: withSh,
  bash: withBash,
  debian: withBash,
  ubuntu: withBash,
  curl: shellProgram({ entrypoint: ['curl'], arguments: ['--help'] }),
  ...webServers,
  ...answeringPrograms,
  ...workingPrograms,
}

/**
 * Looks programs up by full image name, then by name without tag, then by the last part of it; `own` goes before the
 * ready-made ones. Undefined for an image that nobody wrote a program for.
 */
export function programLookup(own: Readonly<Record<string, Program>> = {}): ProgramLookup {
  return (image) => {
    const untagged = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
    const last = untagged.split('/').pop() ?? ''
    for (const table of [own, readyMade]) {
      for (const name of [image, untagged, last]) if (Object.hasOwn(table, name)) return table[name]
    }
    return undefined
  }
}
