/** What Vite makes of an import with `?url`, in tests that run in a page. */
declare module "*?url" {
  const url: string;
  export default url;
}
