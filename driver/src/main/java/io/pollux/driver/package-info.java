/** JDBC in, transaction out. */
package io.pollux.driver;
