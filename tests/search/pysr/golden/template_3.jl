try
    g1 = SymbolicRegression.D(f, 1)(x1, x2, x3)
    g2 = SymbolicRegression.D(f, 2)(x1, x2, x3)
    g3 = SymbolicRegression.D(f, 3)(x1, x2, x3)
    square = g1 * g1 + g2 * g2 + g3 * g3
    along = g1 * d1 + g2 * d2 + g3 * d3
    cosine = along / sqrt(square)
    sound = all(1e-200 .< square.x .< 1e+200)
    loss = max(1.0 - abs(sum(w.x .* cosine.x)) / sum(w.x), 0.0)
    0.0 * cosine + (sound ? loss : NaN)
catch error
    error isa DomainError || rethrow()
    NaN * x1
end
