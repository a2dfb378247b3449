/** Text for XML, without the control characters that XML cannot hold. */
export function escapeXml(text: string): string {
  const escaped: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return [...text.replace(/[&<>"]/g, (character) => escaped[character]!)]
    .filter((character) => character >= ' ' || character === '\n' || character === '\t')
    .join('')
}
