// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_OBJECT_HPP
#define EVENTSOURCING_CODEC_FORMS_OBJECT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_chars.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>
#include <eventsourcing/core/reflect.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What a `members` line calls refuses names that end with the call: views of them are kept.
struct KeepsNames {
    template <class Name, class M>
        requires std::same_as<std::remove_cv_t<Name>, std::string>
    constexpr void operator()(Name&& /*name*/, M& /*member*/) {
        EVENTSOURCING_EXPLAIN((!std::same_as<std::remove_cv_t<Name>, std::string>),
                              "a `members` line gives a name that is a temporary std::string, "
                              "which ends before it is used; give it names that last, such as "
                              "literals, constants or members of the object",
                              M);
    }
};

/// Writes one member of an object. Its call operator is instantiated for each type of members, not
/// for each struct, which keeps compile times low.
class MemberWriter : KeepsNames {
public:
    using KeepsNames::operator();
    /// Names from a `members` line may contain anything, names of fields are plain.
    MemberWriter(JsonWriter& out, bool plain_names)
        : out_(out),
          plain_names_(plain_names),
          ok_(out.enter()) {}

    template <class M>
    void operator()(std::string_view name, const M& member) {
        if (ok_)
            ok_ = write_name(name) && (JsonFormOf<M>::write(out_, member) || out_.in_member(name));
    }
    bool end() {
        if (separator_ == '{')
            out_.raw('{');
        out_.raw('}');
        out_.leave();
        return ok_;
    }

private:
    bool write_name(std::string_view name) {
        const char separator = std::exchange(separator_, ',');
        if (plain_names_) {
            out_.plain_name(separator, name);
            return true;
        }
        out_.raw(separator);
        const bool ok = out_.string(name);
        out_.raw(':');
        return ok;
    }

    JsonWriter& out_;
    char separator_ = '{';
    bool plain_names_;
    bool ok_;
};

template <class M>
bool read_member(JsonReader& in, void* member) {
    return JsonFormOf<M>::read(in, *static_cast<M*>(member));
}
template <class M>
inline constexpr JsonMemberType member_type{&read_member<M>,
                                            JsonFormOf<M>::template may_be_missing<M>(),
                                            &JsonFormOf<M>::template expected<M>};

/// Reads members by comparing the next name with those of the object: in their order, which is how
/// this library writes them, and again from the start as long as that finds one.
/// `JsonReader::read_rest` does the unusual cases (unknown and missing members, duplicates, escapes
/// in names).
///
/// The members are visited while `again()`. If anything is left, the last visit lists them for
/// `read_rest`. The call operator is instantiated for each type of members, not for each struct,
/// which keeps compile times low.
class MemberReader : KeepsNames {
public:
    using KeepsNames::operator();
    /// Names of fields are plain and constant, names from a `members` line may contain anything and
    /// depend on values that were read.
    MemberReader(JsonReader& in, bool fields)
        : in_(in),
          next_(in.begin('{', "an object") ? in.peek_name(true) : nullptr),
          fields_(fields) {}

    template <class M>
    void operator()(std::string_view name, M& member) {
        const std::uint64_t bit = members_ < 64 ? std::uint64_t{1} << members_ : 0;
        ++members_;
        if (next_ == nullptr) {
            if constexpr (!std::is_const_v<M>) // or refused below
                if (listing_)
                    in_.list_member(name, __builtin_addressof(member), member_type<M>,
                                    (bit & taken_) != 0);
            return;
        }
        if ((bit & ~taken_) == 0 || !(fields_ || is_plain(name)) || !in_.take_name(next_, name))
            return;
        if (!JsonFormOf<M>::read(in_, member)) {
            in_.in_member(name);
            next_ = nullptr;
        } else {
            taken_ |= bit;
            next_ = in_.peek_name(false);
        }
    }
    /// Whether to visit the members again.
    bool again() {
        if (listing_ || in_.failed() || (all_taken() && (ended_ = in_.end('}'))))
            return false;
        if (next_ == nullptr || !fields_ || taken_ == taken_before_ || all_taken()) {
            next_ = nullptr;
            listing_ = true;
            listed_from_ = in_.listed_members();
        }
        taken_before_ = taken_;
        members_ = 0;
        return true;
    }
    /// Whether the object was read to its end.
    bool end() { return ended_ || (listing_ && in_.read_rest(listed_from_, taken_ == 0)); }

private:
    [[nodiscard]] bool all_taken() const {
        return members_ < 64 ? taken_ + 1 == std::uint64_t{1} << members_
                             : members_ == 64 && ~taken_ == 0;
    }
    static bool is_plain(std::string_view name) {
        const char* const end = name.data() + name.size();
        return skip_plain(name.data(), end) == end;
    }

    JsonReader& in_;
    const char* next_;        // the name of the next member; null at the end or after a failure
    std::uint64_t taken_ = 0; // bit i: member i was taken, of the first 64
    std::uint64_t taken_before_ = 0;
    std::size_t listed_from_ = 0;
    unsigned members_ = 0;
    bool fields_;
    bool listing_ = false;
    bool ended_ = false;
};

/// Writes a struct member by member.
template <class T>
[[gnu::always_inline]] inline bool write_members(JsonWriter& out, const T& value,
                                                 bool plain_names) {
    MemberWriter member(out, plain_names);
    for_each_member(value, member);
    return member.end();
}
/// Reads a struct member by member.
template <class T>
[[gnu::always_inline]] inline bool read_members(JsonReader& in, T& value, bool fields) {
    MemberReader reader(in, fields);
    do
        for_each_member(value, reader);
    while (reader.again());
    return reader.end();
}

/// Compares the names of members. (All structs share its call operator, too.)
class NameCollector : KeepsNames {
public:
    using KeepsNames::operator();
    constexpr NameCollector(std::string_view* names, std::size_t room)
        : names_(names),
          room_(room) {}

    template <class M>
    constexpr void operator()(std::string_view name, const M& /*member*/) {
        add(name);
    }
    [[nodiscard]] constexpr std::size_t count() const { return count_; }
    /// The first name that came twice; empty if none did.
    [[nodiscard]] constexpr std::string_view repeated() const { return repeated_; }
    [[nodiscard]] constexpr bool distinct() const { return distinct_; }

private:
    constexpr void add(std::string_view name) {
        for (std::size_t i = 0; i < count_ && i < room_ && distinct_; ++i) {
            if (names_[i] == name) {
                distinct_ = false;
                repeated_ = name;
            }
        }
        if (count_ < room_)
            names_[count_] = name;
        ++count_;
    }

    std::string_view* names_;
    std::size_t room_;
    std::size_t count_ = 0;
    bool distinct_ = true;
    std::string_view repeated_{};
};

/// How many names the `members` line of `T` gives, if the compiler can run it: if it is constexpr
/// and uses no value.
template <class T>
constexpr std::size_t count_names() {
    NameCollector names(nullptr, 0);
    T::members(fake_object<T>(), names);
    return names.count();
}
template <class T>
concept ConstantMembers =
    requires { typename std::integral_constant<std::size_t, count_names<T>()>; };

template <class T>
consteval bool names_members_once() {
    std::array<std::string_view, count_names<T>() + 1> room{};
    NameCollector names(room.data(), room.size());
    T::members(fake_object<T>(), names);
    return names.distinct();
}
/// Stops with the cure if the `members` line of `T` gives a name twice and the compiler can see it.
template <class T>
consteval bool check_members() {
    if constexpr (ConstantMembers<T>) {
        constexpr bool distinct = names_members_once<T>();
        EVENTSOURCING_EXPLAIN(distinct,
                              "two members have one name in the `members` line of this type; give "
                              "each a name of its own",
                              T);
        return distinct;
    } else {
        return true;
    }
}

/// Is called with what a `members` line names, to look at its types; see `storable.hpp`.
template <class T>
struct MembersCheck;

/// A class with a `members` line: an object of the members that it names.
struct MembersForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        if constexpr (!check_members<T>())
            return false;
        else if constexpr (ConstantMembers<T>)
            return write_members(out, value, false);
        else
            return write_checked(out, value);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        if constexpr (!check_members<T>())
            return false;
        else
            return read_members(in, value, false);
    }

    template <class T>
    static std::string expected() {
        return "an object";
    }
    /// Members that the line omits would keep their old values.
    template <class T>
    static consteval bool read_whole() {
        return false;
    }
    /// The types of the members are no parts: they are known only where the line is compiled. That
    /// is done here, and stops with the cure if one has no form.
    template <class T>
    static consteval bool storable() {
        constexpr void (*compiled)(T&) = &look_at_members<T>;
        return compiled != nullptr && check_members<T>();
    }

private:
    template <class T>
    static void look_at_members(T& object) {
        T::members(object, MembersCheck<T>{});
    }

    /// A line that the compiler can't run is checked for each value.
    template <class T>
    static bool write_checked(JsonWriter& out, const T& value) {
        std::string_view room[128];
        NameCollector names(room, std::size(room));
        for_each_member(value, names);
        std::vector<std::string_view> larger;
        if (names.count() > std::size(room)) {
            larger.resize(names.count());
            names = NameCollector(larger.data(), larger.size());
            for_each_member(value, names);
        }
        if (!names.distinct()) {
            out.fail("named twice by the `members` line; expected each name once");
            return out.in_member(names.repeated());
        }
        return write_members(out, value, false);
    }
};

/// A plain struct: an object of its fields.
struct FieldsForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        return write_members(out, value, true);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        return read_members(in, value, true);
    }

    template <class T>
    static std::string expected() {
        return "an object";
    }
    template <class T>
    static consteval bool read_whole() {
        return are_read_whole(FieldTypes<T>{});
    }

    template <class T>
    static consteval auto parts() {
        return decltype(with_fields<field_count<T>>(std::declval<T&>(), ListFields{})){};
    }
    template <class T>
    static consteval bool storable() {
        return CanReflect<T>;
    }

private:
    /// As `ListTypes`, but a const field stays const.
    struct ListFields {
        template <class... Fields>
        constexpr TypeList<Fields...> operator()(Fields&... /*fields*/) const {
            return {};
        }
    };
    template <class... Fields>
    static consteval bool are_read_whole(TypeList<Fields...> /*fields*/) {
        return (JsonFormOf<Fields>::template read_whole<Fields>() && ...);
    }
};

/// As `JsonFormOf<T>::write`, but without a function of its own for a struct.
template <class T>
[[gnu::always_inline]] inline bool write_value(JsonWriter& out, const T& value) {
    if constexpr (std::same_as<JsonFormOf<T>, FieldsForm>)
        return write_members(out, value, true);
    else
        return JsonFormOf<T>::write(out, value);
}
/// As `JsonFormOf<T>::read`, but without a function of its own for a struct.
template <class T>
[[gnu::always_inline]] inline bool read_value(JsonReader& in, T& value) {
    if constexpr (std::same_as<JsonFormOf<T>, FieldsForm>)
        return read_members(in, value, true);
    else
        return JsonFormOf<T>::read(in, value);
}

} // namespace eventsourcing::detail

#endif
