// Responses of a captive portal: a Wi-Fi that asks for a sign-in answers in the server's place.

/**
 * Whether a response without our server's content is somebody else's; the server and its proxy fail with 5xx. A
 * redirect that is not followed has the status 0; 511 is *Network Authentication Required*.
 */
export function isPortal(status: number) {
  return status < 500 || status === 511;
}
