/** A film frame with a play mark, for the tab. */
export const PAGE_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="2" y="5" width="28" height="22" rx="5" fill="#3b5bdb"/>
<path d="M13 11.2v9.6a.8.8 0 0 0 1.2.7l8-4.8a.8.8 0 0 0 0-1.4l-8-4.8a.8.8 0 0 0-1.2.7z" fill="#fff"/>
<path d="M6 9h2v3H6zm0 5.500h2v3H6zM6 20h2v3H6z" fill="#fff" fill-opacity=".55"/>
</svg>
`;
