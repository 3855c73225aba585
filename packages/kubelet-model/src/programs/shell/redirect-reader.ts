import type { Token } from './lexer.ts'
import type { Redirect, Word } from './syntax.ts'
import { plainText, TokenReader } from './token-reader.ts'

/** True for an operator that begins a redirection. */
export function isRedirect(operator: string): boolean {
  return /[<>]/.test(operator)
}

/** Reads redirections, and the here-documents that belong to them. */
export class RedirectReader extends TokenReader {
  /** Those that stand behind a command. */
  redirects(): readonly Redirect[] {
    const redirects: Redirect[] = []
    while (this.token.kind === 'operator' && isRedirect(this.token.text)) redirects.push(this.redirect(this.token))
    return redirects
  }

  /** The one that an operator begins. */
  redirect({ text, descriptor }: Token & { readonly kind: 'operator' }): Redirect {
    this.advance()
    const target = this.#redirectTarget()
    const input = descriptor ?? 0
    const output = descriptor ?? 1
    switch (text) {
      case '<<':
      case '<<-':
        return this.#document(input, target, text === '<<-')
      case '<<<':
        this.advance()
        return { kind: 'here', form: 'string', descriptor: input, body: target }
      case '&>':
      case '&>>':
        this.advance()
        return { kind: 'both', append: text === '&>>', target }
      case '<&':
        this.advance()
        return { kind: 'copy', descriptor: input, operator: '<&', target }
      case '>&':
        this.advance()
        // `>& file` is an old way to say `&> file`.
        if (descriptor === undefined && !/^(\d+|-)$/.test(plainText(target) ?? '1'))
          return { kind: 'both', append: false, target }
        return { kind: 'copy', descriptor: output, operator: '>&', target }
      case '<':
      case '<>':
        this.advance()
        return { kind: 'file', descriptor: input, operator: text, target }
      default:
        this.advance()
        return { kind: 'file', descriptor: output, operator: text === '>>' ? '>>' : '>', target }
    }
  }

  #redirectTarget(): Word {
    if (this.token.kind !== 'word') throw this.unexpected()
    return this.token.word
  }

  /** The document is noted before the token behind its name is read: that may be the end of the line. */
  #document(descriptor: number, target: Word, stripTabs: boolean): Redirect {
    let quoted = false
    let delimiter = ''
    for (const part of target) {
      if (part.kind === 'bare') delimiter += part.text
      else {
        quoted = true
        const texts = part.kind === 'quoted' ? [part] : part.kind === 'double' ? part.parts : undefined
        if (texts === undefined) throw this.lexer.unmodelled('this end of a here-document')
        for (const text of texts) {
          if (text.kind !== 'quoted') throw this.lexer.unmodelled('this end of a here-document')
          delimiter += text.text
        }
      }
    }
    const redirect: { kind: 'here'; form: 'document'; descriptor: number; body: Word } = {
      kind: 'here',
      form: 'document',
      descriptor,
      body: [],
    }
    this.lexer.expectDocument({
      delimiter,
      stripTabs,
      quoted,
      fill: (body) => {
        redirect.body = body
      },
    })
    this.advance()
    return redirect
  }
}
