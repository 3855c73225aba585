import { Lexer } from './lexer.ts'
import { isRedirect, RedirectReader } from './redirect-reader.ts'
import type {
  Assignment,
  CaseCommand,
  Command,
  IfCommand,
  ListItem,
  Pipeline,
  Redirect,
  Script,
  Word,
} from './syntax.ts'
import { ShellSyntaxError } from './syntax-error.ts'
import { plainText } from './token-reader.ts'

/** Reads a script. Throws a ShellSyntaxError, and nothing else, for one that cannot be read. */
export function parseScript(source: string): Script {
  return parseNested(new Lexer(source, parseNested), undefined)
}

/** The same for what may be the beginning of a script only: undefined when more must come, unless this is the `end`. */
export function parsePart(source: string, end: boolean): Script | undefined {
  if (!end && /(?<!\\)(\\\\)*\\\n$/.test(source)) return undefined
  const lexer = new Lexer(source, parseNested)
  try {
    const script = parseNested(lexer, undefined)
    return lexer.isUnfinished && !end ? undefined : script
  } catch (error) {
    if (error instanceof ShellSyntaxError && error.incomplete && !end) return undefined
    throw error
  }
}

function parseNested(lexer: Lexer, until: string | undefined): Script {
  return new Parser(lexer).whole(until)
}

const assignment = /^([A-Za-z_]\w*)(\+?)=/

class Parser extends RedirectReader {
  whole(until: string | undefined): Script {
    const script = this.#script()
    // The closing operator is the last token that was read: whoever goes on begins behind it.
    if (until === undefined ? this.token.kind === 'end' : this.is(until)) return script
    throw this.unexpected()
  }

  /** Commands until a word or an operator that no command begins with. */
  #script(): Script {
    const items: ListItem[] = []
    this.newlines()
    while (this.#beginsCommand()) {
      items.push(this.#item())
      this.newlines()
    }
    return { items }
  }

  /** A script that must not be empty, as between `then` and `fi`. */
  #body(): Script {
    const script = this.#script()
    if (script.items.length === 0) throw this.unexpected()
    return script
  }

  #beginsCommand(): boolean {
    const token = this.token
    if (token.kind === 'operator') return token.text === '(' || isRedirect(token.text)
    if (token.kind !== 'word') return false
    const reserved = this.reserved
    return (
      reserved === undefined ||
      !['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}', 'in', ']]'].includes(reserved)
    )
  }

  #item(): ListItem {
    const first = this.#pipeline()
    const rest: ListItem['rest'][number][] = []
    while (this.is('&&') || this.is('||')) {
      const operator = this.is('&&') ? '&&' : '||'
      this.advance()
      this.newlines()
      rest.push({ operator, pipeline: this.#pipeline() })
    }
    const background = this.is('&')
    if (background || this.is(';')) this.advance()
    else if (this.is('(') || (this.token.kind === 'word' && this.#beginsCommand())) throw this.unexpected()
    return { first, rest, background }
  }

  #pipeline(): Pipeline {
    let negated = false
    while (this.reserved === '!') {
      negated = !negated
      this.advance()
    }
    const commands = [this.#command()]
    while (this.is('|')) {
      this.advance()
      if (this.is('&')) throw this.lexer.unmodelled('|&')
      this.newlines()
      commands.push(this.#command())
    }
    return { negated, commands }
  }

  #command(): Command {
    return this.lexer.deeper(() => this.#anyCommand())
  }

  #anyCommand(): Command {
    if (this.is('(')) return this.#parenthesis()
    switch (this.reserved) {
      case undefined:
        return this.#simple()
      case '{': {
        this.advance()
        const body = this.#body()
        this.expect('}')
        return { kind: 'group', body, redirects: this.redirects() }
      }
      case 'if':
        return this.#if()
      case 'while':
      case 'until': {
        const kind = this.reserved === 'while' ? 'while' : 'until'
        this.advance()
        const condition = this.#body()
        const body = this.#loopBody()
        return { kind, condition, body, redirects: this.redirects() }
      }
      case 'for':
        return this.#for()
      case 'case':
        return this.#case()
      case '[[':
        return this.#condition()
      case 'function': {
        this.advance()
        const name = this.name()
        if (this.is('(')) this.#emptyParentheses()
        return this.#function(name)
      }
      case 'select':
      case 'coproc':
        throw this.lexer.unmodelled(this.reserved ?? '')
      default:
        throw this.unexpected()
    }
  }

  #parenthesis(): Command {
    if (this.lexer.source[this.lexer.position] === '(') {
      const expression = this.lexer.readExpression(this.lexer.position + 1)
      if (expression !== undefined) {
        this.advance()
        return { kind: 'arithmetic', expression, redirects: this.redirects() }
      }
    }
    this.advance()
    const body = this.#body()
    if (!this.is(')')) throw this.unexpected()
    this.advance()
    return { kind: 'subshell', body, redirects: this.redirects() }
  }

  #emptyParentheses(): void {
    this.advance()
    if (!this.is(')')) throw this.unexpected()
    this.advance()
  }

  #function(name: string): Command {
    this.newlines()
    const body = this.#command()
    if (body.kind === 'simple') throw this.lexer.syntax(`the body of function ${name} must be a compound command`)
    return { kind: 'function', name, body }
  }

  #if(): IfCommand {
    const clauses: IfCommand['clauses'][number][] = []
    do {
      this.advance()
      const condition = this.#body()
      this.expect('then')
      clauses.push({ condition, body: this.#body() })
    } while (this.reserved === 'elif')
    let otherwise: Script | undefined
    if (this.reserved === 'else') {
      this.advance()
      otherwise = this.#body()
    }
    this.expect('fi')
    return { kind: 'if', clauses, otherwise, redirects: this.redirects() }
  }

  #loopBody(): Script {
    this.expect('do')
    const body = this.#body()
    this.expect('done')
    return body
  }

  #for(): Command {
    this.advance()
    if (this.is('(')) throw this.lexer.unmodelled('for (( … ))')
    const name = this.name()
    this.newlines()
    let words: Word[] | undefined
    if (this.plain === 'in') {
      this.advance()
      words = []
      for (; this.token.kind === 'word'; this.advance()) words.push(this.token.word)
      if (this.is(';') || this.token.kind === 'newline') this.advance()
      else throw this.unexpected()
    } else if (this.is(';')) this.advance()
    this.newlines()
    const body = this.#loopBody()
    return { kind: 'for', name, words, body, redirects: this.redirects() }
  }

  #case(): CaseCommand {
    this.advance()
    const word = this.word()
    this.newlines()
    this.expect('in')
    const items: CaseCommand['items'][number][] = []
    for (this.newlines(); this.reserved !== 'esac'; this.newlines()) {
      if (this.is('(')) this.advance()
      const patterns = [this.word()]
      while (this.is('|')) {
        this.advance()
        patterns.push(this.word())
      }
      if (!this.is(')')) throw this.unexpected()
      this.advance()
      items.push({ patterns, body: this.#script() })
      if (this.is(';;')) this.advance()
      else if (this.reserved !== 'esac') throw this.unexpected()
    }
    this.expect('esac')
    return { kind: 'case', word, items, redirects: this.redirects() }
  }

  #condition(): Command {
    this.advance()
    const words: Word[] = []
    while (this.reserved !== ']]') {
      const token = this.token
      if (token.kind === 'word') words.push(token.word)
      else if (token.kind === 'operator' && ['&&', '||', '(', ')', '<', '>'].includes(token.text))
        words.push([{ kind: 'bare', text: token.text }])
      else if (token.kind !== 'newline') throw this.unexpected()
      this.advance()
    }
    this.advance()
    return { kind: 'condition', words, redirects: this.redirects() }
  }

  #simple(): Command {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      const token = this.token
      if (token.kind === 'operator' && isRedirect(token.text)) redirects.push(this.redirect(token))
      else if (token.kind === 'word') {
        const assigned = words.length === 0 ? assignmentOf(token.word) : undefined
        if (assigned) assignments.push(assigned)
        else words.push(token.word)
        this.advance()
        if (assigned && this.is('(') && this.start === this.lexer.position - 1) throw this.lexer.unmodelled('arrays')
      } else if (this.is('(') && words.length === 1 && assignments.length + redirects.length === 0) {
        const name = plainText(words[0] ?? [])
        if (name === undefined || !/^[A-Za-z_][\w-]*$/.test(name)) throw this.unexpected()
        this.#emptyParentheses()
        return this.#function(name)
      } else break
    }
    if (words.length + assignments.length + redirects.length === 0) throw this.unexpected()
    return { kind: 'simple', assignments, words, redirects }
  }
}

function assignmentOf(word: Word): Assignment | undefined {
  const [part, ...more] = word
  const match = part?.kind === 'bare' ? assignment.exec(part.text) : null
  if (part?.kind !== 'bare' || match === null) return undefined
  const text = part.text.slice(match[0].length)
  return {
    name: match[1] ?? '',
    append: match[2] === '+',
    value: text === '' ? more : [{ kind: 'bare', text }, ...more],
  }
}
