/** Tokens in the order in which ANTLR lists them. */
const order =
  "'[' ']' '{' '}' '(' ')' '.' ',' '-' '!' '?' ':' 'true' 'false' 'null' NUM_FLOAT NUM_INT NUM_UINT STRING BYTES IDENTIFIER ESC_IDENTIFIER".split(
    ' ',
  )

/** Tokens that an expression may begin with. */
export const expressionStarts: ReadonlySet<string> = new Set(
  "'[' '{' '(' '.' '-' '!' 'true' 'false' 'null' NUM_FLOAT NUM_INT NUM_UINT STRING BYTES IDENTIFIER".split(' '),
)

/** Tokens that may follow an operand. */
export const follows: ReadonlySet<string> = new Set(
  "'==' '!=' 'in' '<' '<=' '>=' '>' '&&' '||' '[' '.' '-' '?' '+' '*' '/' '%'".split(' '),
)

/** What was expected, as ANTLR words it. */
export function expectation(expected: readonly string[]): string {
  const [only] = expected
  if (expected.length === 1 && only !== undefined) return only
  return `{${[...expected].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(', ')}}`
}
