/** An expression between `$((` and `))` that is none. */
export class ArithmeticSyntaxError extends Error {
  override readonly name = 'ArithmeticSyntaxError'
}

/** Where an expression reads and keeps variables. */
export interface Variables {
  get(name: string): string
  set(name: string, value: string): void
}

const wholeToken =
  /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),])/y
const maxDepth = 100
/** From those that bind least. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** Calculates with 64-bit integers, as shells do. Throws an ArithmeticSyntaxError for what is no expression, and for a division by zero. */
export function calculate(text: string, variables: Variables, depth: number = 0): bigint {
  if (depth > 10) throw new ArithmeticSyntaxError('expression recursion loop detected')
  return new Calculation(text, variables, depth).result()
}

class Calculation {
  readonly #tokens: readonly string[]
  readonly #variables: Variables
  readonly #nesting: number
  #at = 0
  #depth = 0
  /** False in the part of an expression that decides nothing. */
  #counts = true

  constructor(text: string, variables: Variables, nesting: number) {
    const tokens: string[] = []
    const trimmed = text.trimEnd()
    for (let at = 0; at < trimmed.length; ) {
      wholeToken.lastIndex = at
      const [all = '', token = ''] = wholeToken.exec(trimmed) ?? []
      if (all === '')
        throw new ArithmeticSyntaxError(`arithmetic syntax error: ${JSON.stringify(trimmed.slice(at, at + 40))}`)
      tokens.push(token)
      at += all.length
    }
    this.#tokens = tokens
    this.#variables = variables
    this.#nesting = nesting
  }

  result(): bigint {
    if (this.#tokens.length === 0) return 0n
    const value = this.#comma()
    if (this.#at < this.#tokens.length) throw this.#wrong()
    return value
  }

  #wrong(): ArithmeticSyntaxError {
    return new ArithmeticSyntaxError('arithmetic syntax error')
  }

  #take(...wanted: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || !wanted.includes(token)) return undefined
    this.#at++
    return token
  }

  #comma(): bigint {
    let value = this.#assignment()
    while (this.#take(',')) value = this.#assignment()
    return value
  }

  #assignment(): bigint {
    if (++this.#depth > maxDepth) throw new ArithmeticSyntaxError('expression is nested too deeply')
    try {
      const name = this.#tokens[this.#at] ?? ''
      const operator = this.#tokens[this.#at + 1] ?? ''
      if (!/^[A-Za-z_]/.test(name) || !/^([-+*/%&|^]|<<|>>)?=$/.test(operator)) return this.#conditional()
      this.#at += 2
      const right = this.#assignment()
      const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#read(name), right)
      this.#store(name, value)
      return value
    } finally {
      this.#depth--
    }
  }

  #conditional(): bigint {
    const condition = this.#binary(0)
    if (!this.#take('?')) return condition
    const chosen = this.#onlyIf(condition !== 0n, () => this.#assignment())
    if (!this.#take(':')) throw this.#wrong()
    const other = this.#onlyIf(condition === 0n, () => this.#assignment())
    return condition !== 0n ? chosen : other
  }

  #onlyIf(counts: boolean, read: () => bigint): bigint {
    const before = this.#counts
    this.#counts = before && counts
    try {
      return read()
    } finally {
      this.#counts = before
    }
  }

  #binary(level: number): bigint {
    const operators = levels[level]
    if (operators === undefined) return this.#power()
    let left = this.#binary(level + 1)
    for (let operator = this.#take(...operators); operator !== undefined; operator = this.#take(...operators)) {
      const decided = (operator === '||' && left !== 0n) || (operator === '&&' && left === 0n)
      const right = this.#onlyIf(!decided, () => this.#binary(level + 1))
      left = this.#apply(operator, left, right)
    }
    return left
  }

  #power(): bigint {
    const base = this.#unary()
    if (!this.#take('**')) return base
    const exponent = this.#power()
    if (exponent < 0n) throw new ArithmeticSyntaxError('exponent less than 0')
    if (exponent <= 64n) return BigInt.asIntN(64, base ** exponent)
    let result = 1n
    for (let factor = base, left = exponent; left > 0n; left >>= 1n, factor = BigInt.asIntN(64, factor * factor)) {
      if (left & 1n) result = BigInt.asIntN(64, result * factor)
    }
    return result
  }

  #unary(): bigint {
    if (++this.#depth > maxDepth) throw new ArithmeticSyntaxError('expression is nested too deeply')
    try {
      const sign = this.#take('-', '+', '!', '~', '++', '--')
      if (sign === undefined) return this.#postfix()
      if (sign === '++' || sign === '--') return this.#step(sign, this.#tokens[this.#at++] ?? '').after
      const value = this.#unary()
      if (sign === '!') return value === 0n ? 1n : 0n
      return BigInt.asIntN(64, sign === '-' ? -value : sign === '~' ? ~value : value)
    } finally {
      this.#depth--
    }
  }

  #postfix(): bigint {
    if (this.#take('(')) {
      const value = this.#comma()
      if (!this.#take(')')) throw this.#wrong()
      return value
    }
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw this.#wrong()
    if (/^\d/.test(token)) return number(token)
    if (!/^[A-Za-z_]/.test(token)) throw this.#wrong()
    const sign = this.#take('++', '--')
    return sign === undefined ? this.#read(token) : this.#step(sign, token).before
  }

  #step(sign: string, name: string): { readonly before: bigint; readonly after: bigint } {
    if (!/^[A-Za-z_]/.test(name)) throw this.#wrong()
    const before = this.#read(name)
    const after = BigInt.asIntN(64, sign === '++' ? before + 1n : before - 1n)
    this.#store(name, after)
    return { before, after }
  }

  #read(name: string): bigint {
    const text = this.#variables.get(name).trim()
    if (text === '' || !this.#counts) return 0n
    if (/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return text.startsWith('-') ? -number(text.slice(1)) : number(text)
    return calculate(text, this.#variables, this.#nesting + 1)
  }

  #store(name: string, value: bigint): void {
    if (this.#counts) this.#variables.set(name, String(value))
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    const truth = (value: boolean) => (value ? 1n : 0n)
    switch (operator) {
      case '||':
        return truth(left !== 0n || right !== 0n)
      case '&&':
        return truth(left !== 0n && right !== 0n)
      case '|':
        return left | right
      case '^':
        return left ^ right
      case '&':
        return left & right
      case '==':
        return truth(left === right)
      case '!=':
        return truth(left !== right)
      case '<':
        return truth(left < right)
      case '<=':
        return truth(left <= right)
      case '>':
        return truth(left > right)
      case '>=':
        return truth(left >= right)
      case '<<':
        return BigInt.asIntN(64, left << (right & 63n))
      case '>>':
        return left >> (right & 63n)
      case '+':
        return BigInt.asIntN(64, left + right)
      case '-':
        return BigInt.asIntN(64, left - right)
      case '*':
        return BigInt.asIntN(64, left * right)
      default: {
        if (right === 0n) {
          if (!this.#counts) return 0n
          throw new ArithmeticSyntaxError('divide by zero')
        }
        return BigInt.asIntN(64, operator === '/' ? left / right : left % right)
      }
    }
  }
}

function number(token: string): bigint {
  if (/^0[xX]/.test(token)) return BigInt.asIntN(64, BigInt(token))
  if (!/^0\d/.test(token)) return BigInt.asIntN(64, BigInt(token))
  if (/[89]/.test(token)) throw new ArithmeticSyntaxError(`invalid number ${JSON.stringify(token)}`)
  return BigInt.asIntN(64, BigInt(`0o${token.slice(1)}`))
}
