import type { Output } from '../../shell/streams.ts'
import type { Address, SedCommand, Substitution } from './script.ts'

/** What becomes of a line: it is shown, thrown away, or the last one. */
type Fate = 'on' | 'delete' | 'quit' | 'quitQuietly' | 'nextLine'

/** Runs a script on lines, one after the other. */
export class Machine {
  readonly #script: readonly SedCommand[]
  readonly #quiet: boolean
  /** Ranges that have begun: how they end. */
  readonly #open: Set<SedCommand> = new Set()
  #number = 0
  #hold = ''
  /** Where a script goes on with the next line, behind `n` and `N`. */
  #resume: { readonly after: SedCommand; readonly text: string | undefined } | undefined
  exitCode = 0

  constructor(script: readonly SedCommand[], quiet: boolean) {
    this.#script = script
    this.#quiet = quiet
  }

  /** False when no more lines are wanted. */
  async line(
    { text, ended }: { readonly text: string; readonly ended: boolean },
    isLast: boolean,
    output: Output,
  ): Promise<boolean> {
    this.#number++
    const resume = this.#resume
    this.#resume = undefined
    const space = { text: resume?.text === undefined ? text : `${resume.text}\n${text}`, after: [] as string[] }
    const fate = await this.#run(this.#script, space, { isLast, output, skipTo: resume?.after })
    if (fate === 'nextLine') return true
    const end = ended || !isLast ? '\n' : ''
    if (fate !== 'delete' && fate !== 'quitQuietly' && !this.#quiet) await output.write(`${space.text}${end}`)
    for (const added of space.after) await output.write(`${added}\n`)
    return fate !== 'quit' && fate !== 'quitQuietly'
  }

  async #run(
    commands: readonly SedCommand[],
    space: { text: string; readonly after: string[] },
    where: { readonly isLast: boolean; readonly output: Output; skipTo: SedCommand | undefined },
  ): Promise<Fate> {
    for (const command of commands) {
      if (where.skipTo !== undefined) {
        if (command === where.skipTo) where.skipTo = undefined
        else if (command.body.length > 0) {
          const fate = await this.#run(command.body, space, where)
          if (fate !== 'on') return fate
        }
        continue
      }
      if (this.#selected(command, space.text, where.isLast) === command.negated) continue
      const fate = await this.#do(command, space, where)
      if (fate !== 'on') return fate
    }
    return 'on'
  }

  async #do(
    command: SedCommand,
    space: { text: string; readonly after: string[] },
    where: { readonly isLast: boolean; readonly output: Output; skipTo: SedCommand | undefined },
  ): Promise<Fate> {
    const { output, isLast } = where
    switch (command.name) {
      case '{':
        return this.#run(command.body, space, where)
      case 's': {
        const changed = command.substitution && substituted(space.text, command.substitution)
        if (changed === undefined) return 'on'
        space.text = changed
        if (command.substitution?.prints) await output.write(`${changed}\n`)
        return 'on'
      }
      case 'y':
        space.text = [...space.text].map((one) => command.mapping?.get(one) ?? one).join('')
        return 'on'
      case 'd':
        return 'delete'
      case 'p':
        await output.write(`${space.text}\n`)
        return 'on'
      case 'P':
        await output.write(`${space.text.split('\n', 1)[0]}\n`)
        return 'on'
      case '=':
        await output.write(`${this.#number}\n`)
        return 'on'
      case 'a':
        space.after.push(command.text)
        return 'on'
      case 'i':
        await output.write(`${command.text}\n`)
        return 'on'
      case 'c':
        if (command.addresses.length < 2 || !this.#open.has(command)) await output.write(`${command.text}\n`)
        return 'delete'
      case 'n':
      case 'N':
        if (isLast) return command.name === 'n' ? 'quit' : 'on'
        if (command.name === 'n' && !this.#quiet) await output.write(`${space.text}\n`)
        this.#resume = { after: command, text: command.name === 'N' ? space.text : undefined }
        return 'nextLine'
      case 'q':
        this.exitCode = command.exitCode
        return 'quit'
      case 'Q':
        this.exitCode = command.exitCode
        return 'quitQuietly'
      default:
        this.#useHold(command.name, space)
        return 'on'
    }
  }

  #useHold(name: string, space: { text: string }): void {
    const { text } = space
    if (name === 'h') this.#hold = text
    else if (name === 'H') this.#hold += `\n${text}`
    else if (name === 'g') space.text = this.#hold
    else if (name === 'G') space.text = `${text}\n${this.#hold}`
    else if (name === 'x') {
      space.text = this.#hold
      this.#hold = text
    }
  }

  #selected(command: SedCommand, text: string, isLast: boolean): boolean {
    const [first, second] = command.addresses
    if (first === undefined) return true
    if (second === undefined) return this.#at(first, text, isLast)
    if (this.#open.has(command)) {
      if (second.kind === 'line' ? this.#number >= second.number : this.#at(second, text, isLast))
        this.#open.delete(command)
      return second.kind !== 'line' || this.#number <= second.number
    }
    if (!this.#at(first, text, isLast)) return false
    if (second.kind !== 'line' || second.number > this.#number) this.#open.add(command)
    return true
  }

  #at(address: Address, text: string, isLast: boolean): boolean {
    switch (address.kind) {
      case 'line':
        return this.#number === address.number
      case 'step':
        return address.step === 0
          ? this.#number === address.first
          : this.#number >= address.first && (this.#number - address.first) % address.step === 0
      case 'last':
        return isLast
      case 'pattern':
        return address.regex.match([...text]) !== undefined
    }
  }
}

/** Undefined when nothing matches. */
function substituted(text: string, { regex, replacement, everywhere, nth }: Substitution): string | undefined {
  const characters = [...text]
  const parts: string[] = []
  let [copied, count] = [0, 0]
  for (let at = 0; at <= characters.length; ) {
    const match = regex.match(characters, at)
    if (match === undefined) break
    const [from = 0, to = 0] = match
    // An empty match right behind another one is none.
    const isNew = to > from || from !== copied || count === 0
    if (isNew && ++count >= nth) {
      parts.push(characters.slice(copied, from).join(''))
      for (const part of replacement) {
        if (typeof part === 'string') parts.push(part)
        else parts.push(characters.slice(match[2 * part] ?? 0, match[2 * part + 1] ?? 0).join(''))
      }
      copied = to
      if (!everywhere) break
    }
    at = to > from ? to : from + 1
  }
  return count < nth ? undefined : parts.join('') + characters.slice(copied).join('')
}
