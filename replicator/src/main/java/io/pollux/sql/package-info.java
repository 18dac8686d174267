/** What a statement may change, what an engine can do, and Pollux's own tables. */
package io.pollux.sql;
