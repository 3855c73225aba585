/** A script: commands one after the other. */
export interface Script {
  readonly items: readonly ListItem[]
}

/** A line of pipelines, joined by `&&` and `||`; with `&` after it, nobody waits for it. */
export interface ListItem {
  readonly first: Pipeline
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[]
  readonly background: boolean
}

/** Commands whose output is the next one's input. */
export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
}

/** Whatever a pipeline is made of. */
export type Command =
  | SimpleCommand
  | GroupCommand
  | IfCommand
  | LoopCommand
  | ForCommand
  | CaseCommand
  | FunctionCommand
  | ConditionCommand
  | ArithmeticCommand

/** Assignments, then a name with arguments; either may be missing. */
export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
}

/** `x=value`, or `x+=value`. */
export interface Assignment {
  readonly name: string
  readonly value: Word
  readonly append: boolean
}

/** `{ …; }`, or `( … )` in a shell of its own. */
export interface GroupCommand {
  readonly kind: 'group' | 'subshell'
  readonly body: Script
  readonly redirects: readonly Redirect[]
}

/** `if`, with every `elif` as a further clause. */
export interface IfCommand {
  readonly kind: 'if'
  readonly clauses: readonly { readonly condition: Script; readonly body: Script }[]
  readonly otherwise: Script | undefined
  readonly redirects: readonly Redirect[]
}

/** `while` and `until`. */
export interface LoopCommand {
  readonly kind: 'while' | 'until'
  readonly condition: Script
  readonly body: Script
  readonly redirects: readonly Redirect[]
}

/** `for`; without `in`, over the arguments. */
export interface ForCommand {
  readonly kind: 'for'
  readonly name: string
  readonly words: readonly Word[] | undefined
  readonly body: Script
  readonly redirects: readonly Redirect[]
}

/** `case`. */
export interface CaseCommand {
  readonly kind: 'case'
  readonly word: Word
  readonly items: readonly { readonly patterns: readonly Word[]; readonly body: Script }[]
  readonly redirects: readonly Redirect[]
}

/** `name() …`. */
export interface FunctionCommand {
  readonly kind: 'function'
  readonly name: string
  readonly body: Command
}

/** `[[ … ]]`: its words and operators. */
export interface ConditionCommand {
  readonly kind: 'condition'
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
}

/** `(( … ))`. */
export interface ArithmeticCommand {
  readonly kind: 'arithmetic'
  readonly expression: Word
  readonly redirects: readonly Redirect[]
}

/** Where a file descriptor comes from or goes to. */
export type Redirect =
  | {
      readonly kind: 'file'
      readonly descriptor: number
      readonly operator: '<' | '>' | '>>' | '<>'
      readonly target: Word
    }
  /** `2>&1`, `>&-`. */
  | { readonly kind: 'copy'; readonly descriptor: number; readonly operator: '<&' | '>&'; readonly target: Word }
  /** `&>` and `&>>`: both outputs. */
  | { readonly kind: 'both'; readonly append: boolean; readonly target: Word }
  /** Here-documents, and here-strings without the newline that ends them. */
  | { readonly kind: 'here'; readonly form: 'document' | 'string'; readonly descriptor: number; readonly body: Word }

/** Parts that stand together without a space. */
export type Word = readonly WordPart[]

/** A part of a word. */
export type WordPart = BareText | QuotedText | DoubleQuoted | ParameterPart | CommandPart | ArithmeticPart

/** Text without quotes: `*`, `?`, `[` and a leading `~` mean something. */
export interface BareText {
  readonly kind: 'bare'
  readonly text: string
}

/** Text that stands for itself. */
export interface QuotedText {
  readonly kind: 'quoted'
  readonly text: string
}

/** Between double quotes: what is filled in is not split. */
export interface DoubleQuoted {
  readonly kind: 'double'
  readonly parts: readonly (QuotedText | ParameterPart | CommandPart | ArithmeticPart)[]
}

/** How `${name…}` changes the value. */
export type ParameterOperator = '-' | ':-' | '=' | ':=' | '+' | ':+' | '?' | ':?' | '%' | '%%' | '#' | '##' | '/' | '//'

/** `$name`, `${name}`, `${#name}`, `${name:-word}` and so on. */
export interface ParameterPart {
  readonly kind: 'parameter'
  readonly name: string
  readonly length: boolean
  readonly operator: ParameterOperator | undefined
  readonly word: Word
  /** What `/` and `//` put in the place of what is found. */
  readonly replacement: Word
}

/** `$(…)`, and the same between backquotes. */
export interface CommandPart {
  readonly kind: 'command'
  readonly script: Script
}

/** `$((…))`. */
export interface ArithmeticPart {
  readonly kind: 'arithmetic'
  readonly expression: Word
}
