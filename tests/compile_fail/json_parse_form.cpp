// SPDX-License-Identifier: MIT
// A `parse` that would be ignored, or that has no `to_string` in the right form: the type would be
// stored as an object.
// expect: es: `parse` and `to_string` of this type are not both in the form that is looked for; write, public: `static es::Result<T> parse(std::string_view)`
// expect: shop::Isin
// expect 1: const`
// expect 2: const`
// expect 3: const`
// expect 4: const`
// expect 5: const`
// expect 6: const`
// expect 7: const`
// expect 8: const`
// expect 9: const`
#include <eventsourcing/codec/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Isin {
    std::string text;
    static Isin parse(std::string_view text) { return {std::string(text)}; }
    std::string to_string() const { return text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Isin {
    std::string text;
    static std::optional<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
    std::string to_string() const { return text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Isin {
    std::string text;
    es::Result<void> parse(std::string_view from) {
        text = from;
        return {};
    }
    std::string to_string() const { return text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string& text) { return Isin{text}; }
    std::string to_string() const { return text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Isin {
    std::string text;
    std::string to_string() const { return text; }

private:
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
    std::string to_string() { return text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
    static std::string to_string(const Isin& isin) { return isin.text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 8
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
    void to_string(std::string& out) const { out = text; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 9
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
};
#else
struct Isin {
    std::string text;
    static es::Result<Isin> parse(std::string_view text) { return Isin{std::string(text)}; }
    std::string to_string() const { return text; }
};
#endif
} // namespace shop

auto text = es::encode_json(shop::Isin{});
