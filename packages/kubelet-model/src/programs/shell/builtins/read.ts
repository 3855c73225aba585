import type { Builtin } from '../builtin.ts'
import { NotModelled } from '../shell-error.ts'
import type { Input } from '../streams.ts'
import { joinBytes, textFrom } from '../streams.ts'

/** Reads a line, in which a backslash joins the next one unless `raw`; undefined text at the end of the input. */
async function line(
  input: Input,
  end: number,
  raw: boolean,
): Promise<{ readonly text: string; readonly ended: boolean } | undefined> {
  const parts: Uint8Array[] = []
  for (let part = await input.read(); part !== undefined; part = await input.read()) {
    let at = part.indexOf(end)
    while (!raw && at > 0 && isEscaped(part, at)) at = part.indexOf(end, at + 1)
    if (at >= 0) {
      input.unread(part.subarray(at + 1))
      return { text: textFrom(joinBytes([...parts, part.subarray(0, at)])), ended: true }
    }
    parts.push(part)
    if (parts.length > 4096) break
  }
  return parts.length === 0 ? undefined : { text: textFrom(joinBytes(parts)), ended: false }
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let count = 0
  while (bytes[at - 1 - count] === 92) count++
  return count % 2 === 1
}

/** Splits a line for so many variables; the last one gets the rest. */
function fieldsOf(text: string, count: number, separators: string, raw: boolean): readonly string[] {
  const blanks = [...separators].filter((one) => ' \t\n'.includes(one)).join('')
  const isBlank = (one: string | undefined) => one !== undefined && blanks.includes(one)
  const characters = [...text]
  let end = characters.length
  while (end > 0 && isBlank(characters[end - 1]) && (raw || characters[end - 2] !== '\\')) end--
  let at = 0
  const fields: string[] = []
  const skip = () => {
    while (at < end && isBlank(characters[at])) at++
  }
  skip()
  while (at < end) {
    const isLast = fields.length === count - 1
    let field = ''
    while (at < end) {
      const one = characters[at] ?? ''
      if (!raw && one === '\\') {
        if (characters[at + 1] !== '\n') field += characters[at + 1] ?? ''
        at += 2
      } else if (!isLast && separators.includes(one)) break
      else {
        field += one
        at++
      }
    }
    fields.push(field)
    if (isLast) break
    skip()
    if (at < end && separators.includes(characters[at] ?? '') && !isBlank(characters[at])) {
      at++
      skip()
    }
  }
  return fields
}

/** `read`: a line into variables; 1 at the end of the input. */
export const readBuiltin: Builtin = async ({ state, args }) => {
  let [raw, delimiter, at] = [false, '\n', 0]
  for (; at < args.length; at++) {
    const text = args[at] ?? ''
    if (!/^-./.test(text)) break
    if (text === '--') {
      at++
      break
    }
    for (const letter of text.slice(1)) {
      if (letter === 'r') raw = true
      else if (letter === 'd') delimiter = (args[++at] ?? '').slice(0, 1) || '\0'
      else if (letter === 'p') {
        const prompt = args[++at] ?? ''
        if (state.tty) await state.stderr.write(prompt)
      } else if (letter !== 's') throw new NotModelled(`read -${letter}`)
    }
  }
  const names = args.slice(at)
  const found = await line(state.stdin, delimiter.charCodeAt(0), raw)
  const text = found?.text.replaceAll('\0', '') ?? ''
  if (names.length === 0) state.assign('REPLY', raw ? text : text.replace(/\\([\s\S])/g, '$1'))
  else {
    const fields = fieldsOf(text, names.length, state.valueOf('IFS') ?? ' \t\n', raw)
    for (const [index, name] of names.entries()) state.assign(name, fields[index] ?? '')
  }
  return found?.ended === true ? 0 : 1
}
