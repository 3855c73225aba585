import { ByteInput, bytesFrom, type Input, joinBytes, type Output } from './streams.ts'

/** Where keys come from: undefined at the end. */
export interface Keys {
  readBytes(): Promise<Uint8Array | undefined>
}

const encoder = new TextEncoder()
const newline = 10
const longestLine = 4096

/**
 * What lies between a client's terminal and a process: what is typed comes line by line and is shown, ^C interrupts, ^D ends the
 * input, backspace takes back. Lines that are written begin at the left.
 */
export class Terminal {
  readonly input: Input
  readonly output: Output
  readonly #show: (data: Uint8Array) => void
  readonly #interrupt: (signal: string) => void
  readonly #lines: (Uint8Array | undefined)[] = []
  /** What is shown of what was typed, a piece at a time. */
  readonly #echo: Uint8Array[] = []
  #line: number[] = []
  #wake: (() => void) | undefined
  #afterReturn = false

  /** `show` is what the client sees; `passed` is told how much a process has written and lets time go on for it. */
  constructor(
    keys: Keys | undefined,
    show: (data: Uint8Array) => void,
    { passed, interrupt }: { passed(data: Uint8Array): Promise<void>; interrupt(signal: string): void },
  ) {
    this.#show = show
    this.#interrupt = interrupt
    this.output = {
      write: async (data) => {
        const bytes = withReturns(bytesFrom(data))
        show(bytes)
        await passed(bytes)
      },
    }
    this.input = new ByteInput(async () => {
      while (this.#lines.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      return this.#lines.shift()
    })
    void this.#follow(keys)
  }

  async #follow(keys: Keys | undefined): Promise<void> {
    for (let bytes = await keys?.readBytes(); bytes !== undefined; bytes = await keys?.readBytes()) {
      for (const byte of bytes) this.#typed(byte)
      const echo = this.#echo.splice(0)
      if (echo.length > 0) this.#show(joinBytes(echo))
    }
    this.#end()
  }

  #typed(byte: number): void {
    const afterReturn = this.#afterReturn
    this.#afterReturn = byte === 13
    if (byte === newline && afterReturn) return
    switch (byte) {
      case 3:
        this.#shown('^C\r\n')
        this.#line = []
        this.#interrupt('INT')
        return
      case 4:
        if (this.#line.length === 0) this.#end()
        else this.#give()
        return
      case 8:
      case 127:
        this.#takeBack()
        return
      case 10:
      case 13:
        this.#line.push(newline)
        this.#shown('\r\n')
        this.#give()
        return
      case 28:
        this.#shown('^\\\r\n')
        this.#interrupt('QUIT')
        return
      default:
        if (this.#line.length >= longestLine || (byte < 32 && byte !== 9)) return
        this.#line.push(byte)
        this.#echo.push(Uint8Array.of(byte))
    }
  }

  /** A character may be several bytes. */
  #takeBack(): void {
    if (this.#line.length === 0) return
    while ((this.#line.pop() ?? 0) >> 6 === 2) if (this.#line.length === 0) break
    this.#shown('\b \b')
  }

  #shown(text: string): void {
    this.#echo.push(encoder.encode(text))
  }

  #give(): void {
    this.#lines.push(Uint8Array.from(this.#line))
    this.#line = []
    this.#wake?.()
  }

  /** The end of the input is read once: after ^D more may be typed. */
  #end(): void {
    if (this.#line.length > 0) this.#give()
    this.#lines.push(undefined)
    this.#wake?.()
  }
}

function withReturns(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(newline)) return bytes
  const parts: Uint8Array[] = []
  let from = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
    const isReturned = at > 0 && bytes[at - 1] === 13
    parts.push(bytes.subarray(from, at), isReturned ? Uint8Array.of(newline) : Uint8Array.of(13, newline))
    from = at + 1
  }
  parts.push(bytes.subarray(from))
  return joinBytes(parts)
}
