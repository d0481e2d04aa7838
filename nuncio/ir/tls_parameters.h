#pragma once

#include <span>
#include <string_view>

namespace nuncio::ir {

// What Envoy 1.40, with BoringSSL, takes of a list of cipher suites and of a list of curves. It refuses the whole
// listener for a word that it does not know, so each is judged before. Pure.

// One element of a list: the name of a suite or of a class of suites, or several of equal preference, "[A|B]". The
// suites of TLS 1.3 have no names there: they are always on. Exclusions ("!A", "-A") and intersections ("A+B") are not
// taken, since what is left of the list may be nothing.
bool IsCipherSuite(std::string_view element);
std::span<const std::string_view> CipherSuites();  // every single name

// The one name of a curve or of a key exchange, whatever it is called; empty: Envoy does not know it. A list must not
// hold it twice.
std::string_view CurveOf(std::string_view name);

}  // namespace nuncio::ir
