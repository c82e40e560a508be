// SPDX-License-Identifier: MIT
// A number as a reason, an argument that has no text, and arguments to a text that is made at run
// time.
// expect 1: es: reject takes an enumerator of an enum class of the application, or a sentence
// expect 1: int
// expect 2: es: reject has no text for this argument: give it a member std::string to_string() const
// expect 2: shop::Place
// expect 3: es: reject has no text for this argument: give it a member std::string to_string() const
// expect 3: shop::Place
// expect 4: es: a sentence with arguments is a literal
// expect 4: basic_string<char
#include <eventsourcing/core/reject.hpp>

#include <string>

namespace es = eventsourcing;

namespace shop {
enum class Refusal { sold };
struct Place {
#ifndef MUST_FAIL
    [[nodiscard]] std::string to_string() const { return "the shelf"; }
#endif
};
} // namespace shop

es::Error refuse(int count, const std::string& why, bool is_made) {
#if MUST_FAIL == 1
    return es::reject(7);
#elif MUST_FAIL == 2
    return es::reject("{} is empty", shop::Place{});
#elif MUST_FAIL == 3
    return es::reject(shop::Refusal::sold, shop::Place{});
#elif MUST_FAIL == 4
    return es::reject(why, count);
#else
    if (is_made)
        return count == 0 ? es::reject(why) : es::reject(why.c_str());
    static constexpr char sentence[] = "{} of {} are sold";
    return count == 0   ? es::reject("{} is empty", shop::Place{})
           : count == 1 ? es::reject(shop::Refusal::sold, shop::Place{})
           : count == 2 ? es::reject(sentence, count, 10)
           : count == 3 ? es::reject(shop::Refusal::sold, "{} of {}", count, 10)
                        : es::reject("nothing is left");
#endif
}
