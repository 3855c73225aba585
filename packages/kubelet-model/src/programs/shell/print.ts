import type { Command, ListItem, ParameterPart, Pipeline, Redirect, Script, Word, WordPart } from './syntax.ts'
import { plainText, reservedWords } from './token-reader.ts'

/** Writes a script so that it is read as the same again. */
export function printScript(script: Script): string {
  return new Printer().whole(script)
}

/** Quotes a text so that a shell takes it for itself. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

class Printer {
  /** Here-documents that come behind the next newline. */
  #documents: string[] = []

  whole(script: Script): string {
    return this.#script(script)
  }

  #newline(): string {
    return `\n${this.#documents.splice(0).join('')}`
  }

  #item({ first, rest, background }: ListItem): string {
    const more = rest.map(({ operator, pipeline }) => ` ${operator} ${this.#pipeline(pipeline)}`).join('')
    return `${this.#pipeline(first)}${more}${background ? ' &' : ''}${this.#newline()}`
  }

  #pipeline({ negated, commands }: Pipeline): string {
    return `${negated ? '! ' : ''}${commands.map((command) => this.#command(command)).join(' | ')}`
  }

  #command(command: Command): string {
    const redirects = 'redirects' in command ? command.redirects : []
    if (
      command.kind === 'simple' &&
      command.assignments.length === 0 &&
      reservedWords.has(plainText(command.words[0] ?? []) ?? '')
    ) {
      // Only behind a redirection does such a word stand for itself.
      return `${redirects.map((redirect) => `${this.#redirect(redirect)} `).join('')}${this.#bare(command)}`
    }
    return `${this.#bare(command)}${redirects.map((redirect) => ` ${this.#redirect(redirect)}`).join('')}`
  }

  #bare(command: Command): string {
    switch (command.kind) {
      case 'simple': {
        const assigned = command.assignments.map(
          ({ name, append, value }) => `${name}${append ? '+' : ''}=${this.#word(value)}`,
        )
        return [...assigned, ...command.words.map((word) => this.#word(word))].join(' ')
      }
      case 'group':
        return `{ ${this.#script(command.body)}}`
      case 'subshell':
        return `( ${this.#script(command.body)})`
      case 'if': {
        const clauses = command.clauses.map(
          ({ condition, body }) => `if ${this.#script(condition)}then ${this.#script(body)}`,
        )
        return `${clauses.join('el')}${command.otherwise ? `else ${this.#script(command.otherwise)}` : ''}fi`
      }
      case 'while':
      case 'until':
        return `${command.kind} ${this.#script(command.condition)}do ${this.#script(command.body)}done`
      case 'for': {
        const words = command.words?.map((word) => ` ${this.#word(word)}`).join('')
        return `for ${command.name}${words === undefined ? '' : ` in${words}`}${this.#newline()}do ${this.#script(command.body)}done`
      }
      case 'case': {
        const word = this.#word(command.word)
        const head = `case ${word} in${this.#newline()}`
        const items = command.items.map(
          ({ patterns, body }) =>
            `(${patterns.map((pattern) => this.#word(pattern)).join(' | ')}) ${this.#script(body)};;${this.#newline()}`,
        )
        return `${head}${items.join('')}esac`
      }
      case 'function':
        return `${command.name}() ${this.#command(command.body)}`
      case 'condition':
        return `[[ ${command.words.map((word) => this.#word(word)).join(' ')} ]]`
      case 'arithmetic':
        return `((${this.#double(command.expression, '$`\\')}))`
    }
  }

  /** On lines of its own, the first one aside. */
  #script(script: Script): string {
    return script.items.map((item) => this.#item(item)).join('')
  }

  #redirect(redirect: Redirect): string {
    switch (redirect.kind) {
      case 'file':
      case 'copy':
        return `${redirect.descriptor}${redirect.operator} ${this.#word(redirect.target)}`
      case 'both':
        return `&>${redirect.append ? '>' : ''} ${this.#word(redirect.target)}`
      case 'here':
        if (redirect.form === 'string') return `${redirect.descriptor}<<< ${this.#word(redirect.body)}`
        return this.#document(redirect.descriptor, redirect.body)
    }
  }

  #document(descriptor: number, body: Word): string {
    const [part] = body
    const isQuoted = part?.kind === 'quoted'
    const text = isQuoted ? part.text : this.#double(body, '$`\\')
    const lines = new Set(text.split('\n'))
    let end = 'END'
    while (lines.has(end)) end += '_'
    this.#documents.push(`${text}${end}\n`)
    return `${descriptor}<<${isQuoted ? quote(end) : end}`
  }

  #word(word: Word): string {
    return word.map((part) => this.#part(part)).join('')
  }

  #part(part: WordPart): string {
    switch (part.kind) {
      case 'bare':
        return part.text
      case 'quoted':
        return quote(part.text)
      case 'double':
        return `"${this.#double([part], '$`\\"')}"`
      case 'parameter':
        return this.#parameter(part, false)
      case 'command':
        return this.#substitution(part.script)
      case 'arithmetic':
        return `$((${this.#double(part.expression, '$`\\')}))`
    }
  }

  /** A script of its own: its here-documents are its own, too. */
  #substitution(script: Script): string {
    return `$( ${new Printer().whole(script)})`
  }

  /** What stands between double quotes, without them. */
  #double(word: Word, escaped: string): string {
    const parts: WordPart[] = word.flatMap((part): readonly WordPart[] =>
      part.kind === 'double' ? part.parts : [part],
    )
    return parts
      .map((part) => {
        if (part.kind === 'quoted')
          return [...part.text].map((one) => (escaped.includes(one) ? `\\${one}` : one)).join('')
        return part.kind === 'parameter' ? this.#parameter(part, true) : this.#part(part)
      })
      .join('')
  }

  #parameter({ name, length, operator, word, replacement }: ParameterPart, inDouble: boolean): string {
    const replaced = replacement.length > 0 ? `/${this.#word(replacement)}` : ''
    const isText = inDouble && operator !== undefined && !'%%##'.includes(operator)
    const operand = isText && operator !== '/' && operator !== '//' ? this.#double(word, '$`\\"}') : this.#word(word)
    return `\${${length ? '#' : ''}${name}${operator ?? ''}${operand}${replaced}}`
  }
}
