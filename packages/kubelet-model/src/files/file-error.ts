/** What went wrong with a file, by the name that Linux gives the error. */
export type FileErrorKind =
  | 'ENOENT'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'EROFS'
  | 'EEXIST'
  | 'ENOTEMPTY'
  | 'EBUSY'
  | 'EXDEV'
  | 'ENOSPC'
  | 'EINVAL'
  | 'ELOOP'
  | 'ENAMETOOLONG'

const words: Readonly<Record<FileErrorKind, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EBUSY: 'Device or resource busy',
  EXDEV: 'Invalid cross-device link',
  ENOSPC: 'No space left on device',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
}

/** A file could not be read or changed; nothing was changed. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly kind: FileErrorKind
  readonly path: string
  /** The error in the words of a shell, without the path. */
  readonly words: string
  constructor(kind: FileErrorKind, path: string) {
    super(`${path}: ${words[kind]}`)
    this.kind = kind
    this.path = path
    this.words = words[kind]
  }
}
