/** One class per database engine behind one dialect. */
package io.pollux.engine;
