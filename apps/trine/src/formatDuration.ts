/** A duration as a person says it: "6.1 days", "2 min 5 s", "0.4 s". */
export function formatDuration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${(seconds / 86_400).toFixed(1)} days`
  if (seconds >= 2 * 3600) return `${(seconds / 3600).toFixed(1)} hours`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
