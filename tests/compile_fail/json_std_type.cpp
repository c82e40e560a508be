// SPDX-License-Identifier: MIT
// Nobody can make a type of the standard library a plain struct.
// expect: es: this type of the standard library has no JSON form; wrap it in a class
// expect: std::complex<double>
#include <eventsourcing/codec/json.hpp>

#include <complex>

namespace shop {
#ifdef MUST_FAIL
using Phase = std::complex<double>;
#else
struct Phase {
    double real;
    double imaginary;
};
#endif
struct Measured {
    Phase phase;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Measured{});
