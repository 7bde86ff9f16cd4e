// The table of vendors is embedded as a file: what is imported is its path, and nobody who does not ask reads it.
declare module 'oui-data' {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: a file that is imported by its path has no other export.
  export default path;
}
