/** The commit protocol as the driver sees it. */
package io.pollux.commit;
