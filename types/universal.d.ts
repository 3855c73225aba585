// Globals that every host of Bonsai (Node, browsers, workers, Deno, Bun) has, for the layers that must not see more.
interface TextEncoder {
  encode(input?: string): Uint8Array
}
declare const TextEncoder: { new (): TextEncoder }
interface TextDecoder {
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}
declare const TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }
declare function atob(data: string): string
declare function btoa(data: string): string
declare function queueMicrotask(task: () => void): void
