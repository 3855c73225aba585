/** What is known of a file without reading it. Times are milliseconds since the epoch, sizes are bytes. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'link'
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modifiedAt: number
  /** Where a link leads. */
  readonly target?: string
}

/**
 * The files that a container sees. Paths are absolute, or relative to `/`; `.`, `..` and links are followed as Linux follows
 * them. Every method throws a FileError and changes nothing when it cannot do what it is asked. Permissions are kept, not
 * enforced: every program may do what root may.
 */
export interface FileSystem {
  /** A file's content as text; bytes that are no UTF-8 become replacement characters. */
  read(path: string): string
  readBytes(path: string): Uint8Array
  /** Makes or replaces a file, or adds to its end; the directory must be there. */
  write(
    path: string,
    content: string | Uint8Array,
    options?: { readonly append?: boolean; readonly mode?: number },
  ): void
  /** The names in a directory, sorted. */
  list(path: string): readonly string[]
  /** Makes a directory; with `parents` all that are missing, and one that is there already is no error. */
  makeDirectory(path: string, options?: { readonly parents?: boolean; readonly mode?: number }): void
  /** Removes a file, a link or an empty directory; with `recursive` a full one too. */
  remove(path: string, options?: { readonly recursive?: boolean }): void
  /** Moves within one volume; a file in its place is replaced. */
  rename(from: string, to: string): void
  /** Makes a symbolic link at `path`. */
  link(target: string, path: string): void
  changeMode(path: string, mode: number): void
  /** Undefined where there is nothing. Follows a link at the end unless `follow` is false. */
  stat(path: string, options?: { readonly follow?: boolean }): FileStat | undefined
  exists(path: string): boolean
}
